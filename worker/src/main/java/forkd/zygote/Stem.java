package forkd.zygote;

import forkd.posix.ForkLoop;
import forkd.posix.PacketBuffer;
import forkd.posix.RawFork;
import forkd.posix.StackPage;

/**
 * The stem: a frozen, warmed JVM with one thread, whose only job is to fork. It must never collect garbage, load a class or
 * wait for another thread of the VM, because there is none; and what it writes to it has to copy after each fork. So its loop
 * is not Java: see {@link ForkLoop}.
 */
final class Stem {
    /**
     * So much room has the page of the stack in which a worker begins, as native code sees it: it need not copy the next one, or touch the one
     * that the VM keeps ready far below. With more, its first frames would lie in the page above. A step down is less than what lies between.
     */
    private static final int LEAST_ROOM = 3000;

    private static final int MOST_ROOM = 3600;

    /** A page has room for fewer; more of them would mean that frames are larger than that. */
    private static final int MOST_STEPS = 64;

    private final PacketBuffer request =
            PacketBuffer.inOwnPages(ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);
    private final ForkLoop loop;

    /** @param control the number of the socket to the launcher */
    Stem(RawFork fork, int control) {
        PacketBuffer answer = PacketBuffer.inOwnPages(ZygoteProtocol.SHORT_BYTES, 0);
        answer.putByte(ZygoteProtocol.TYPE, ZygoteProtocol.FORK_FAILED);
        ForkLoop.Refusal refusal =
                new ForkLoop.Refusal(answer, ZygoteProtocol.SHORT_BYTES, ZygoteProtocol.NUMBER, ZygoteProtocol.ID);
        loop = new ForkLoop(fork, control, request, refusal);
    }

    /** Where its requests lie, in each worker, too. */
    long requestAddress() {
        return request.address();
    }

    /** Forks workers until the launcher is gone. Ends the process, and so does every fork of it. */
    void run(ForkedWorker worker) {
        forkFromTopOfPage(worker, MOST_STEPS);
        RawFork.exit(0); // the launcher has closed its end
    }

    private void forkFromTopOfPage(ForkedWorker worker, int steps) {
        int room = StackPage.left();
        if (steps > 0 && (room < LEAST_ROOM || room > MOST_ROOM)) {
            forkFromTopOfPage(worker, steps - 1);
        } else {
            fork(worker);
        }
    }

    /** A worker's life from the request on, with a fork that pretends, so that all of it has been resolved and compiled. */
    void rehearse(ForkedWorker player) {
        StackPage.left(); // loads what the stem will call
        if (!fork(player)) {
            throw new IllegalStateException("the rehearsal's packet did not arrive");
        }
    }

    /**
     * The way back from the loop into a child has to be compiled: where the interpreter takes it, it touches many pages. And its
     * calls have to be resolved, for which the rehearsal has to run the same compiled code: the launcher forbids to inline this.
     */
    private boolean fork(ForkedWorker worker) {
        if (!loop.run()) {
            return false;
        }
        worker.run(request.getByte(ZygoteProtocol.TYPE), request);
        return true; // only in a rehearsal: a worker ends its process
    }
}
