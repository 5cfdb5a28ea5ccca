package forkd.posix;

import static forkd.posix.Native.LIBC;

/**
 * A Landlock domain of its own for each fork of this process: forks share the domain that they are born into, and in it they
 * could send each other signals. Made before the fork; a fork enters it when it has one thread, because a domain is a thread's
 * and those that it starts.
 */
public final class SignalDomain {
    private static final int NOWHERE = -1;

    private final int rules;

    private SignalDomain(int rules) {
        this.rules = rules;
    }

    /** Where this process shall not need one. */
    public static SignalDomain none() {
        return new SignalDomain(NOWHERE);
    }

    /** Makes the rules, whose descriptor all forks inherit. */
    public static SignalDomain prepare() throws ErrnoException {
        return new SignalDomain(Landlock.scopes().release());
    }

    /** landlock_restrict_self(2) of the calling thread, and the descriptor is closed. Allocates nothing; false where it failed. */
    public boolean enter() {
        if (rules == NOWHERE) {
            return true;
        }
        boolean entered = restrict(rules);
        LIBC.close(rules);
        return entered;
    }

    /** The same calls without an effect. */
    public void rehearse() {
        restrict(NOWHERE);
        LIBC.close(NOWHERE);
    }

    private static boolean restrict(int fd) {
        return LIBC.syscall(SystemCall.LANDLOCK_RESTRICT_SELF.number(), fd, 0, 0, 0, 0) == 0;
    }
}
