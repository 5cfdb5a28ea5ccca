package forkd.posix;

import java.util.List;
import jnr.ffi.Pointer;

/**
 * The steps of a child that is confined, in the order in which they have to be made. What takes privileges comes before the
 * privileges go; what opens a file of the system's before Landlock may forbid it; the filter of system calls last, so that it
 * need not allow what comes before it.
 */
final class ConfinedSpawn {
    private static final int SIG_SETMASK = 2;
    private static final int F_SETFD = 2;
    private static final int O_WRONLY = 1;
    private static final int O_CLOEXEC = 0x80000;
    private static final int X_OK = 1;

    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;
    private static final int CAPABILITY_BYTES = 24;

    private static final int SIGSET_BYTES = 8;
    private static final int LAST_SIGNAL = 64;
    /** struct kernel_sigaction of x86_64: handler, flags, restorer, mask. */
    private static final int SIGACTION_BYTES = 32;

    private final ChildScript script = new ChildScript();
    private final Confinement confinement;

    private ConfinedSpawn(Confinement confinement) {
        this.confinement = confinement;
        script.keepAlive(confinement); // the filter owns its program
    }

    /** Posix.spawn with a confinement. */
    static int spawn(SpawnRequest request) throws ErrnoException {
        ConfinedSpawn spawn = new ConfinedSpawn(request.confinement());
        spawn.beginLikePosixSpawn();
        spawn.enterSystem();
        spawn.inherit(request.inherited());
        spawn.giveUp();
        ExecStrings.Written strings = spawn.script.keep(new ExecStrings(request));
        spawn.unblockSignals();
        spawn.script.then(
                "execve(" + request.path() + ")",
                SystemCall.EXECVE,
                strings.path(),
                strings.argv(),
                strings.environment());
        return spawn.script.run();
    }

    /**
     * Tries the confinement in a child that does nothing else.
     *
     * @param execute files that it has to be allowed to execute
     * @param read files and folders that it has to be allowed to open
     * @return its pid; it has ended or will at once, with exit status 0
     */
    static int rehearse(Confinement confinement, List<String> execute, List<String> read) throws ErrnoException {
        ConfinedSpawn spawn = new ConfinedSpawn(confinement);
        spawn.enterSystem();
        // A worker has few descriptors, and perhaps a limit of few; of this process's it would exceed it.
        spawn.closeFrom(Fd.STDERR + 1);
        spawn.giveUp();
        for (String path : execute) {
            spawn.script.then("execute(" + path + ")", SystemCall.ACCESS, spawn.script.keep(path), X_OK);
        }
        for (String path : read) {
            spawn.script.then("open(" + path + ")", SystemCall.OPEN, spawn.script.keep(path), O_CLOEXEC, 0);
        }
        spawn.script.then("exit_group", SystemCall.EXIT_GROUP, 0);
        return spawn.script.run();
    }

    /** Default dispositions, a process group of its own. All signals are blocked until {@link #unblockSignals}. */
    private void beginLikePosixSpawn() {
        long toDefault = script.keep(Native.allocate(SIGACTION_BYTES));
        for (int signal = 1; signal <= LAST_SIGNAL; signal++) {
            script.thenTry(SystemCall.RT_SIGACTION, signal, toDefault, 0, SIGSET_BYTES); // not of KILL and STOP
        }
        script.then("setpgid", SystemCall.SETPGID, 0, 0);
    }

    private void unblockSignals() {
        long none = script.keep(Native.allocate(SIGSET_BYTES));
        script.then("rt_sigprocmask", SystemCall.RT_SIGPROCMASK, SIG_SETMASK, none, 0, SIGSET_BYTES);
    }

    /** What is written into files of the system's, and Landlock, whose descriptor goes when {@link #inherit} closes. */
    private void enterSystem() {
        confinement.cgroup().ifPresent(folder -> write(folder + "/cgroup.procs", "0"));
        confinement.oomScoreAdjust().ifPresent(score -> write("/proc/self/oom_score_adj", Integer.toString(score)));
        if (confinement.noNewPrivileges()) {
            script.then("prctl(PR_SET_NO_NEW_PRIVS)", SystemCall.PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        }
        confinement
                .landlock()
                .ifPresent(rules -> script.then(
                        "landlock_restrict_self", SystemCall.LANDLOCK_RESTRICT_SELF, rules.descriptor(), 0));
    }

    private void write(String file, String text) {
        script.thenPass("open(" + file + ")", SystemCall.OPEN, script.keep(file), O_WRONLY | O_CLOEXEC, 0);
        script.then("write(" + file + ", " + text + ")", SystemCall.WRITE, 0, script.keep(text), text.length());
    }

    /** As posix_spawn's file actions: the named descriptors, and none besides them. */
    private void inherit(List<Inherited> inherited) {
        int above = Fd.STDERR;
        for (Inherited one : inherited) {
            int source = one.source().number();
            if (source == one.number()) {
                script.then("fcntl(" + source + ")", SystemCall.FCNTL, source, F_SETFD, 0);
            } else {
                script.then("dup2(" + source + ", " + one.number() + ")", SystemCall.DUP2, source, one.number());
            }
            above = Math.max(above, one.number());
        }
        for (int number = Fd.STDERR + 1; number < above; number++) {
            int candidate = number;
            if (inherited.stream().noneMatch(one -> one.number() == candidate)) {
                script.thenTry(SystemCall.CLOSE, number);
            }
        }
        closeFrom(above + 1);
    }

    private void closeFrom(int number) {
        script.then("close_range", SystemCall.CLOSE_RANGE, number, 0xffffffffL, 0);
    }

    private void giveUp() {
        confinement.umask().ifPresent(mask -> script.then("umask", SystemCall.UMASK, mask));
        confinement.limits().forEach(this::limit);
        confinement
                .nice()
                .ifPresent(nice -> script.then("setpriority(" + nice + ")", SystemCall.SETPRIORITY, 0, 0, nice));
        confinement.root().ifPresent(root -> {
            script.then("chroot(" + root + ")", SystemCall.CHROOT, script.keep(root));
            script.then("chdir(/)", SystemCall.CHDIR, script.keep("/"));
        });
        if (confinement.dropCapabilities()) {
            for (int capability = 0; capability <= Capabilities.last(); capability++) {
                script.then(
                        "prctl(PR_CAPBSET_DROP, " + capability + ")", SystemCall.PRCTL, PR_CAPBSET_DROP, capability);
            }
        }
        confinement.credentials().ifPresent(this::become);
        confinement
                .directory()
                .ifPresent(path -> script.then("chdir(" + path + ")", SystemCall.CHDIR, script.keep(path)));
        confinement
                .filter()
                .ifPresent(filter -> script.then(
                        "seccomp", SystemCall.SECCOMP, SECCOMP_SET_MODE_FILTER, 0, script.keep(filter.program())));
    }

    private void limit(ResourceLimit limit) {
        Pointer both = Native.allocate(2 * Long.BYTES);
        both.putLong(0, limit.soft());
        both.putLong(Long.BYTES, limit.hard());
        script.then(
                "setrlimit(" + limit + ")",
                SystemCall.PRLIMIT64,
                0,
                limit.resource().number(),
                script.keep(both),
                0);
    }

    private void become(Credentials credentials) {
        List<Integer> groups = credentials.groups();
        Pointer list = Native.allocate(Math.max(1, groups.size()) * Integer.BYTES);
        for (int i = 0; i < groups.size(); i++) {
            list.putInt((long) Integer.BYTES * i, groups.get(i));
        }
        script.then("setgroups(" + groups + ")", SystemCall.SETGROUPS, groups.size(), script.keep(list));
        int gid = credentials.gid();
        script.then("setresgid(" + gid + ")", SystemCall.SETRESGID, gid, gid, gid);
        credentials.uid().ifPresent(uid -> {
            script.then("setresuid(" + uid + ")", SystemCall.SETRESUID, uid, uid, uid);
            // The change has cleared all sets but the inheritable one.
            Pointer header = Native.allocate(2 * Integer.BYTES);
            header.putInt(0, CAPABILITY_VERSION_3);
            long none = script.keep(Native.allocate(CAPABILITY_BYTES));
            script.then("capset", SystemCall.CAPSET, script.keep(header), none);
        });
    }
}
