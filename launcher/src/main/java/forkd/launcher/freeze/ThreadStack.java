package forkd.launcher.freeze;

import forkd.zygote.ZygoteProtocol;

/**
 * The stack of a thread, as the C library lays it out: pthread_create(3) maps it with a guard at its lower end, and its last
 * page holds the thread's descriptor.
 *
 * @param pointer what is in use begins here
 * @param descriptor the address of the descriptor, struct pthread
 * @param keepsGuard whether its guard has to stay: a worker may revive the thread by itself
 */
record ThreadStack(long pointer, long descriptor, boolean keepsGuard) {
    /** The descriptor has two to three KiB. */
    private static final long MAX_BYTES_BEHIND = 2 * PageTable.PAGE_BYTES;

    static ThreadStack of(CapturedThread thread) {
        return new ThreadStack(
                thread.registers().stackPointer(),
                thread.registers().threadDescriptor(),
                ZygoteProtocol.SELF_REVIVED.contains(thread.name()));
    }

    /** Whether a mapping is this stack and nothing else. The kernel joins it with what lies behind it, if it can. */
    boolean isAllOf(Mapping mapping) {
        return mapping.contains(pointer)
                && mapping.contains(descriptor)
                && mapping.end() - descriptor <= MAX_BYTES_BEHIND;
    }
}
