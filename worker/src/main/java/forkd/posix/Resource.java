package forkd.posix;

import java.util.Locale;

/** What a process may use up: getrlimit(2), with the numbers of x86_64 and aarch64. */
public enum Resource {
    CPU(0),
    FSIZE(1),
    DATA(2),
    STACK(3),
    CORE(4),
    RSS(5),
    NPROC(6),
    NOFILE(7),
    MEMLOCK(8),
    AS(9),
    LOCKS(10),
    SIGPENDING(11),
    MSGQUEUE(12),
    NICE(13),
    RTPRIO(14),
    RTTIME(15);

    private final int number;

    Resource(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** As prlimit(1) has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
