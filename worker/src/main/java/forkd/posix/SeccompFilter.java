package forkd.posix;

import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Pointer;

/**
 * A filter of system calls that any server program and a JVM can live with: seccomp(2). It refuses (EPERM) what a worker has no
 * use for and what attacks on the kernel begin with: tracing and reading other processes, namespaces and mounts, bpf, io_uring,
 * userfaultfd, performance counters, keys, modules, the clock, sockets of unusual families. A call by another architecture's
 * numbers, which the list would not recognise, ends the process.
 *
 * <p>A list of what is refused and not of what is allowed: workers run any program, and a JVM's calls differ between releases.
 * The kernel keeps a bitmap of calls that are allowed whatever their arguments are, so these cost nothing. x86_64 only.
 */
public final class SeccompFilter {
    private static final int LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private static final int JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private static final int JUMP_AT_LEAST = 0x35; // BPF_JMP | BPF_JGE | BPF_K
    private static final int JUMP_ANY_BIT = 0x45; // BPF_JMP | BPF_JSET | BPF_K
    private static final int RETURN = 0x06; // BPF_RET | BPF_K
    private static final int INSTRUCTION_BYTES = 8;

    /** struct seccomp_data. */
    private static final int NUMBER = 0;

    private static final int ARCHITECTURE = 4;
    private static final int FIRST_ARGUMENT = 16;

    private static final int AUDIT_ARCH_X86_64 = 0xc000003e;
    private static final int FIRST_X32_NUMBER = 0x40000000;

    private static final int ALLOW = 0x7fff0000;
    private static final int KILL_PROCESS = 0x80000000;
    private static final int FAIL = 0x00050000;

    private static final int CLONE = 56;
    private static final int CLONE3 = 435;
    private static final int SOCKET = 41;
    private static final int IOCTL = 16;
    private static final int PERSONALITY = 135;

    /** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
    private static final int NAMESPACES =
            0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000;

    private static final int AF_NETLINK = 16;
    private static final int TIOCSTI = 0x5412;
    private static final int TIOCLINUX = 0x541c;

    private static final int[] REFUSED = {
        101,
        310,
        311,
        440,
        438,
        312, // ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd kcmp
        321,
        298,
        323,
        425,
        426,
        427, // bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register
        272,
        308,
        165,
        166,
        155,
        161, // unshare setns mount umount2 pivot_root chroot
        429,
        428,
        430,
        431,
        432,
        433, // move_mount open_tree fsopen fsconfig fsmount fspick
        442,
        467,
        300,
        304, // mount_setattr open_tree_attr fanotify_init open_by_handle_at
        246,
        320,
        175,
        313,
        176, // kexec_load kexec_file_load init_module finit_module delete_module
        169,
        167,
        168,
        163,
        179,
        443, // reboot swapon swapoff acct quotactl quotactl_fd
        164,
        227,
        159,
        305, // settimeofday clock_settime adjtimex clock_adjtime
        170,
        171,
        153,
        103, // sethostname setdomainname vhangup syslog
        248,
        249,
        250, // add_key request_key keyctl
        172,
        173,
        154, // iopl ioperm modify_ldt
        256,
        279, // migrate_pages move_pages
        134,
        136,
        139,
        156,
        174,
        177,
        178,
        180,
        212 // uselib ustat sysfs _sysctl create_module … lookup_dcookie
    };

    private final List<long[]> instructions = new ArrayList<>();
    private final Pointer filters;
    private final Pointer program;

    /** Builds it. */
    public SeccompFilter() {
        load(ARCHITECTURE);
        jump(JUMP_EQUAL, AUDIT_ARCH_X86_64, 1, 0);
        answer(KILL_PROCESS);
        load(NUMBER);
        jump(JUMP_AT_LEAST, FIRST_X32_NUMBER, 0, 1);
        answer(KILL_PROCESS);
        for (int number : REFUSED) {
            jump(JUMP_EQUAL, number, 0, 1);
            answer(FAIL | Errno.EPERM.number());
        }
        // Its flags are behind a pointer, where a filter cannot look; C libraries take clone(2) instead.
        jump(JUMP_EQUAL, CLONE3, 0, 1);
        answer(FAIL | Errno.ENOSYS.number());
        ofClone();
        ofSocket();
        ofIoctl();
        ofPersonality();
        answer(ALLOW);

        filters = Native.allocate(instructions.size() * INSTRUCTION_BYTES);
        for (int i = 0; i < instructions.size(); i++) {
            long[] instruction = instructions.get(i);
            long at = (long) INSTRUCTION_BYTES * i;
            filters.putShort(at, (short) instruction[0]);
            filters.putByte(at + 2, (byte) instruction[1]);
            filters.putByte(at + 3, (byte) instruction[2]);
            filters.putInt(at + 4, (int) instruction[3]);
        }
        program = Native.allocate(2 * Long.BYTES);
        program.putShort(0, (short) instructions.size());
        program.putLong(Long.BYTES, filters.address());
    }

    /** struct sock_fprog; it lives as long as this object. */
    Pointer program() {
        return program;
    }

    /** No new namespaces. */
    private void ofClone() {
        jump(JUMP_EQUAL, CLONE, 0, 4);
        load(FIRST_ARGUMENT);
        jump(JUMP_ANY_BIT, NAMESPACES, 0, 1);
        answer(FAIL | Errno.EPERM.number());
        answer(ALLOW);
    }

    /** The internet, Unix sockets, and of netlink what the C library asks for addresses: NETLINK_ROUTE. */
    private void ofSocket() {
        jump(JUMP_EQUAL, SOCKET, 0, 9);
        load(FIRST_ARGUMENT);
        jump(JUMP_EQUAL, Sockets.AF_UNIX, 5, 0);
        jump(JUMP_EQUAL, Sockets.AF_INET, 4, 0);
        jump(JUMP_EQUAL, Sockets.AF_INET6, 3, 0);
        jump(JUMP_EQUAL, AF_NETLINK, 0, 3);
        load(FIRST_ARGUMENT + 2 * Long.BYTES);
        jump(JUMP_EQUAL, 0, 0, 1);
        answer(ALLOW);
        answer(FAIL | Errno.EAFNOSUPPORT.number());
    }

    /** Nothing may be typed into the operator's terminal. */
    private void ofIoctl() {
        jump(JUMP_EQUAL, IOCTL, 0, 5);
        load(FIRST_ARGUMENT + Long.BYTES);
        jump(JUMP_EQUAL, TIOCSTI, 1, 0);
        jump(JUMP_EQUAL, TIOCLINUX, 0, 1);
        answer(FAIL | Errno.EPERM.number());
        answer(ALLOW);
    }

    /** It may be asked for, and be set to the normal one. */
    private void ofPersonality() {
        jump(JUMP_EQUAL, PERSONALITY, 0, 4);
        load(FIRST_ARGUMENT);
        jump(JUMP_EQUAL, 0, 2, 0);
        jump(JUMP_EQUAL, -1, 1, 0);
        answer(FAIL | Errno.EPERM.number());
    }

    private void load(int offset) {
        instructions.add(new long[] {LOAD, 0, 0, offset});
    }

    /** Goes on so many instructions behind the next one. */
    private void jump(int comparison, int value, int ifTrue, int ifFalse) {
        instructions.add(new long[] {comparison, ifTrue, ifFalse, value});
    }

    private void answer(int action) {
        instructions.add(new long[] {RETURN, 0, 0, action});
    }
}
