package forkd.launcher.freeze;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.PacketBuffer;
import forkd.posix.PollSet;
import forkd.zygote.ZygoteProtocol;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** The launcher's end of the socket to a zygote while it becomes a stem: one packet at a time. It does not own the socket. */
final class ControlSocket {
    private final Fd socket;
    private final PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, 0);
    private final PollSet poll = new PollSet(1);

    ControlSocket(Fd socket) {
        this.socket = socket;
    }

    /** Sends a packet whose only content is its type. */
    void send(byte type) throws ErrnoException {
        send(type, 0, "", new byte[0]);
    }

    /** Sends a packet with an id, a text and, in THREAD, registers. */
    void send(byte type, long id, String text, byte[] registers) throws ErrnoException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        bytes = Arrays.copyOf(bytes, Math.min(bytes.length, ZygoteProtocol.MAX_TEXT_BYTES));
        packet.putByte(ZygoteProtocol.TYPE, type);
        packet.putLong(ZygoteProtocol.ID, id);
        packet.putInt(ZygoteProtocol.TEXT_LENGTH, bytes.length);
        packet.putBytes(ZygoteProtocol.TEXT, bytes, 0, bytes.length);
        int length = ZygoteProtocol.TEXT + bytes.length;
        if (registers.length > 0) {
            packet.putBytes(ZygoteProtocol.REGISTERS, registers, 0, registers.length);
            length = ZygoteProtocol.REGISTERS + registers.length;
        }
        packet.send(socket, length, List.of());
    }

    /**
     * Waits for a packet.
     *
     * @param step what is waited for, for the message
     * @throws FreezeException where another comes, or none in time, or the process has ended
     */
    void expect(byte type, String step, Duration patience) throws FreezeException, ErrnoException {
        if (!await(type, step, patience)) {
            throw new FreezeException(step + ": the process has ended", FreezeException.Cause.PASSING);
        }
    }

    /**
     * The same for who knows what an end means.
     *
     * @return false where the process has ended
     */
    boolean await(byte type, String step, Duration patience) throws FreezeException, ErrnoException {
        long deadline = System.nanoTime() + patience.toNanos();
        poll.clear();
        poll.add(socket);
        int length = packet.poll(socket);
        while (length < 0) {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (left.isNegative()) {
                throw new FreezeException(
                        step + ": no answer within " + patience.toSeconds() + " s", FreezeException.Cause.PASSING);
            }
            poll.await(left.plusMillis(1));
            length = packet.poll(socket);
        }
        if (length == 0) {
            return false;
        }
        byte got = packet.getByte(ZygoteProtocol.TYPE);
        if (got == ZygoteProtocol.FAILED) {
            // What fails once it has been warmed is not the handler's: this JVM is another than is expected.
            throw new FreezeException(
                    text(),
                    type == ZygoteProtocol.READY ? FreezeException.Cause.HANDLER : FreezeException.Cause.LASTING);
        }
        if (got == ZygoteProtocol.UNFIT) {
            throw new FreezeException(text(), FreezeException.Cause.LASTING);
        }
        if (got != type) {
            throw new FreezeException(
                    step + ": packet " + got + " came instead of " + type, FreezeException.Cause.PASSING);
        }
        return true;
    }

    /** The pid or thread id of the last packet. */
    int number() {
        return packet.getInt(ZygoteProtocol.NUMBER);
    }

    long id() {
        return packet.getLong(ZygoteProtocol.ID);
    }

    /** The text of the last packet. */
    String text() {
        byte[] bytes = new byte[packet.getInt(ZygoteProtocol.TEXT_LENGTH)];
        packet.getBytes(ZygoteProtocol.TEXT, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
