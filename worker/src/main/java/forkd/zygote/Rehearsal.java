package forkd.zygote;

import forkd.posix.Fd;
import forkd.posix.PacketBuffer;
import forkd.posix.Posix;
import forkd.posix.RawFork;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.ThreadImage;
import forkd.worker.WorkerContract;
import java.util.List;

/**
 * Takes every path that the stem and its workers take, before the split: what a child touches first it would have to load,
 * resolve or link itself, and so would every other child.
 */
final class Rehearsal {
    /** Enough for the interpreter to have resolved everything and for call sites to be linked. */
    private static final int ROUNDS = 30;

    private final Stem stem;
    private final ForkedWorker worker;
    private final Repair repair;
    private final Environment environment;
    private final RawFork fork;

    Rehearsal(Stem stem, ForkedWorker worker, Repair repair, Environment environment, RawFork fork) {
        this.stem = stem;
        this.worker = worker;
        this.repair = repair;
        this.environment = environment;
        this.fork = fork;
    }

    void run() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            ThreadImage.rehearse();
            new ThreadImage("rehearsal", new byte[ThreadImage.REGISTERS_BYTES], fork);
            fork.pid();
            packets();
            worker.rehearse();
            repair.run();
            environment.pretend(List.of());
            System.getenv(WorkerContract.PROTO);
        }
        environment.forget();
        // The stem and the first moments of a worker want an empty young generation.
        System.gc();
    }

    private void packets() throws Exception {
        PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);
        try (SocketPair pair = Posix.socketpair(SocketType.SOCK_SEQPACKET);
                Fd descriptor = Posix.duplicate(0)) {
            packet.send(pair.first(), ZygoteProtocol.SHORT_BYTES, List.of(descriptor, descriptor));
            stem.rehearse(pair.second().number());
            packet.receive(pair.first());
        }
    }
}
