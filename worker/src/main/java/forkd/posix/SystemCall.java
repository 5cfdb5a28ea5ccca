package forkd.posix;

/** The system calls that a child is prepared with, by their numbers on x86_64: syscalls(2). */
enum SystemCall {
    WRITE(1),
    OPEN(2),
    CLOSE(3),
    RT_SIGACTION(13),
    RT_SIGPROCMASK(14),
    ACCESS(21),
    DUP2(33),
    CLONE(56),
    EXECVE(59),
    FCNTL(72),
    CHDIR(80),
    UMASK(95),
    SETPGID(109),
    SETGROUPS(116),
    SETRESUID(117),
    SETRESGID(119),
    CAPSET(126),
    SETPRIORITY(141),
    PRCTL(157),
    CHROOT(161),
    FUTEX(202),
    EXIT_GROUP(231),
    PRLIMIT64(302),
    SECCOMP(317),
    PIDFD_OPEN(434),
    CLONE3(435),
    CLOSE_RANGE(436),
    LANDLOCK_CREATE_RULESET(444),
    LANDLOCK_ADD_RULE(445),
    LANDLOCK_RESTRICT_SELF(446);

    private final int number;

    SystemCall(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
