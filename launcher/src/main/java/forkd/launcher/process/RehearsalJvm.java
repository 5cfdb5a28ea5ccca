package forkd.launcher.process;

import forkd.launcher.freeze.ZygoteCommand;
import forkd.posix.Fd;
import forkd.posix.Inherited;
import forkd.posix.PacketBuffer;
import forkd.posix.Posix;
import forkd.posix.SpawnRequest;
import forkd.zygote.ZygoteProtocol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A JVM that is started for nothing but the start-up archive that it writes when it ends. */
final class RehearsalJvm {
    private RehearsalJvm() {}

    /** Starts it. The process is left to whoever waits for children. */
    static int spawn(ZygoteCommand command, Inherited... sockets) throws IOException {
        try (Fd nothing = Posix.open("/dev/null")) {
            List<Inherited> descriptors = new ArrayList<>(List.of(
                    new Inherited(nothing, Fd.STDIN),
                    new Inherited(nothing, Fd.STDOUT),
                    new Inherited(nothing, Fd.STDERR))); // a JVM tells at length how it makes an archive
            descriptors.addAll(Arrays.asList(sockets));
            return Posix.spawn(new SpawnRequest(command.path(), command.argv(), command.environment(), descriptors));
        }
    }

    /** Waits for a packet of this type; blocks until one comes, or the JVM ends. */
    static void expect(PacketBuffer packet, Fd socket, byte type) throws IOException {
        if (packet.receive(socket) == 0 || packet.getByte(ZygoteProtocol.TYPE) != type) {
            throw new IOException("the rehearsal's JVM did not get ready");
        }
    }
}
