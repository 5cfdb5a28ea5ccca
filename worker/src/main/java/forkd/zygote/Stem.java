package forkd.zygote;

import forkd.posix.PacketBuffer;
import forkd.posix.Posix;
import forkd.posix.RawFork;

/**
 * The stem: a frozen, warmed JVM with one thread, whose only job is to fork. It must never collect garbage, load a class or
 * wait for another thread of the VM, because there is none: its loop allocates nothing and has been rehearsed before.
 */
final class Stem {
    private final RawFork fork;
    private final ForkedWorker worker;
    private final PacketBuffer request =
            PacketBuffer.inOwnPages(ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);
    private final PacketBuffer answer = PacketBuffer.inOwnPages(ZygoteProtocol.SHORT_BYTES, 0);

    Stem(RawFork fork, ForkedWorker worker) {
        this.fork = fork;
        this.worker = worker;
    }

    /** Forks until the launcher is gone. Ends the process, and so does every fork of it. */
    void run() {
        serve(ZygoteProtocol.CONTROL_FD, Long.MAX_VALUE);
        RawFork.exit(0); // the launcher has closed its end
    }

    /**
     * Serves so many requests, or until the other end of the socket is closed. The loop itself has to be compiled, too: where the
     * interpreter runs it, it counts the turns, in a page of its own.
     *
     * @return how many are left
     */
    private long serve(int control, long requests) {
        long left = requests;
        while (left > 0 && request.receiveRaw(control) > 0) {
            serve();
            left--;
        }
        return left;
    }

    private void serve() {
        byte type = request.getByte(ZygoteProtocol.TYPE);
        int pid = fork.fork();
        if (pid == 0) {
            worker.run(type, request);
            return; // only in a rehearsal: a worker ends its process
        }
        if (pid < 0) {
            answer.putByte(ZygoteProtocol.TYPE, ZygoteProtocol.FORK_FAILED);
            answer.putInt(ZygoteProtocol.NUMBER, fork.errno());
            answer.putLong(ZygoteProtocol.ID, request.getLong(ZygoteProtocol.ID));
            answer.sendRaw(ZygoteProtocol.CONTROL_FD, ZygoteProtocol.SHORT_BYTES);
        }
        closeDescriptors();
    }

    private void closeDescriptors() {
        for (int i = 0; i < ZygoteProtocol.MAX_DESCRIPTORS; i++) {
            int descriptor = request.descriptor(i);
            if (descriptor >= 0) {
                Posix.closeInherited(descriptor);
            }
        }
    }

    /** One turn of the loop; with a fork that pretends, so that all of it has been resolved and compiled. */
    void rehearse(int control) {
        if (serve(control, 1) > 0) {
            throw new IllegalStateException("the rehearsal's packet did not arrive");
        }
    }
}
