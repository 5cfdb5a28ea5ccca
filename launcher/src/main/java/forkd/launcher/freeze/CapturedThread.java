package forkd.launcher.freeze;

import forkd.posix.Registers;
import java.util.Optional;

/**
 * A thread of the zygote, stopped while it waited: what it takes to revive it in a copy of the process.
 *
 * @param name as the kernel has it: at most 15 bytes
 * @param registers at the return of the system call that it waited in
 * @param lostGuard what below its stack has to be made inaccessible again before it runs
 */
record CapturedThread(String name, Registers registers, Optional<Mapping> lostGuard) {
    CapturedThread(String name, Registers registers) {
        this(name, registers, Optional.empty());
    }

    CapturedThread without(Mapping guard) {
        return new CapturedThread(name, registers, Optional.of(guard));
    }

    /**
     * Where the C library keeps the thread's id: the kernel writes it when the thread begins and clears it when it ends.
     *
     * @param tidOffset from the start of the descriptor of the thread
     */
    long idAddress(int tidOffset) {
        return registers.threadDescriptor() + tidOffset;
    }
}
