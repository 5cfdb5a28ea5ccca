package forkd.launcher.process;

import forkd.launcher.freeze.ZygoteCommand;
import forkd.posix.Inherited;
import forkd.posix.PacketBuffer;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.zygote.ZygoteProtocol;
import java.io.IOException;
import java.util.List;

/** Lets one zygote do all up to its split, and then end as JVMs do, so that it can write a start-up archive. */
public final class ZygoteRehearsal {
    private ZygoteRehearsal() {}

    /**
     * Has it start, warm its handler, and end. The process is left to whoever waits for children. Blocks for the warm-up.
     *
     * @return its pid; it may still be writing its archive
     * @throws IOException where it did not get ready
     */
    public static int run(ZygoteCommand command) throws IOException {
        PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);
        try (SocketPair control = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                SocketPair queue = Sockets.socketpair(SocketType.SOCK_SEQPACKET)) {
            int pid = RehearsalJvm.spawn(
                    command,
                    new Inherited(control.second(), ZygoteProtocol.CONTROL_FD),
                    new Inherited(queue.second(), ZygoteProtocol.QUEUE_FD));
            control.second().close(); // from here on the end of the process is the end of file
            RehearsalJvm.expect(packet, control.first(), ZygoteProtocol.READY);
            packet.putByte(ZygoteProtocol.TYPE, ZygoteProtocol.LEAVE);
            packet.send(control.first(), ZygoteProtocol.SHORT_BYTES, List.of());
            return pid;
        }
    }
}
