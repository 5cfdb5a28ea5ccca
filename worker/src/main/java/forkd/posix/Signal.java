package forkd.posix;

/**
 * The standard signals of Linux (signal(7)) with the numbers that x86_64 and aarch64 share. Real-time signals are all
 * {@link #SIGRT}.
 */
public enum Signal {
    SIGHUP(1),
    SIGINT(2),
    SIGQUIT(3),
    SIGILL(4),
    SIGTRAP(5),
    SIGABRT(6),
    SIGBUS(7),
    SIGFPE(8),
    SIGKILL(9),
    SIGUSR1(10),
    SIGSEGV(11),
    SIGUSR2(12),
    SIGPIPE(13),
    SIGALRM(14),
    SIGTERM(15),
    SIGSTKFLT(16),
    SIGCHLD(17),
    SIGCONT(18),
    SIGSTOP(19),
    SIGTSTP(20),
    SIGTTIN(21),
    SIGTTOU(22),
    SIGURG(23),
    SIGXCPU(24),
    SIGXFSZ(25),
    SIGVTALRM(26),
    SIGPROF(27),
    SIGWINCH(28),
    SIGIO(29),
    SIGPWR(30),
    SIGSYS(31),
    /** Any number from 32 up. */
    SIGRT(32);

    private static final Signal[] VALUES = values();

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    public static Signal of(int number) {
        if (number < 1 || number > 64) {
            throw new IllegalArgumentException("not a signal: " + number);
        }
        return VALUES[Math.min(number, SIGRT.number) - 1];
    }

    public int number() {
        return number;
    }

    /** The name as kill(1) takes it: without SIG. */
    public String shortName() {
        return name().substring("SIG".length());
    }
}
