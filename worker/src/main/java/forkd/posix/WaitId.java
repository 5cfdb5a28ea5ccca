package forkd.posix;

/** The constants of waitid(2), and where its siginfo_t has what. */
final class WaitId {
    static final int P_ALL = 0;
    static final int P_PID = 1;

    static final int WNOHANG = 1;
    static final int WSTOPPED = 2;
    static final int WEXITED = 4;
    static final int WNOWAIT = 0x01000000;
    static final int WALL = 0x40000000;

    static final int SI_CODE = 8;
    static final int SI_PID = 16;
    static final int SI_STATUS = 24;
    static final int SIGINFO_BYTES = 128;

    private WaitId() {}
}
