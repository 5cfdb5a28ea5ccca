package forkd.posix;

import com.kenai.jffi.Library;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import jnr.ffi.Pointer;

/**
 * An environment inside a message: a number, where each variable begins, a zero, and the variables, {@code NAME=value} with a NUL behind.
 * The beginnings are counted from the block's own start, and the number says how many there are; the receiver turns them into addresses.
 * Or they are addresses already, where the sender knows at which the receiver has the message, and the number is 0. The receiver makes
 * the C library's {@code environ} a pointer to them: environ(7). So the message's memory itself becomes the environment, of
 * getenv(3) as of programs that the process executes, and nothing is copied or allocated. Numbers are in the machine's byte
 * order.
 */
public final class EnvironmentBlock {
    /** The most variables of one environment. */
    public static final int MAX_VARIABLES = 512;

    private static final int POINTERS = Long.BYTES;

    private static final long ENVIRON = Library.getDefault().getSymbolAddress("environ");

    private EnvironmentBlock() {}

    /** The first place for a block at or behind this one. */
    public static int align(int at) {
        return at + Long.BYTES - 1 & -Long.BYTES;
    }

    /** The bytes of a block of these variables. */
    public static int size(List<byte[]> variables) {
        int size = POINTERS + (variables.size() + 1) * Long.BYTES;
        for (byte[] variable : variables) {
            size += variable.length + 1;
        }
        return size;
    }

    /**
     * Writes a block into a message, in which it has room.
     *
     * @param at aligned
     * @param variables at most {@value #MAX_VARIABLES}, each {@code NAME=value} without NUL
     */
    public static void write(PacketBuffer packet, int at, List<byte[]> variables) {
        write(packet, at, variables, variables.size(), 0);
    }

    /**
     * The same for a receiver that reads the message into memory at a known place, and need not write to it then.
     *
     * @param data the receiver's {@link PacketBuffer#address}
     */
    public static void writeFor(long data, PacketBuffer packet, int at, List<byte[]> variables) {
        write(packet, at, variables, 0, data + at);
    }

    private static void write(PacketBuffer packet, int at, List<byte[]> variables, int relative, long start) {
        // In one piece: each call into native memory costs more than the copy.
        ByteBuffer block = ByteBuffer.allocate(size(variables)).order(ByteOrder.nativeOrder());
        block.putLong(relative);
        int text = POINTERS + (variables.size() + 1) * Long.BYTES;
        for (byte[] variable : variables) {
            block.putLong(start + text);
            text += variable.length + 1;
        }
        block.putLong(0);
        for (byte[] variable : variables) {
            block.put(variable).put((byte) 0);
        }
        packet.putBytes(at, block.array(), 0, block.position());
    }

    /**
     * Makes the block one that can be {@link #install installed}.
     *
     * @return what is to be installed
     */
    public static long prepare(PacketBuffer packet, int at) {
        int count = (int) packet.getLong(at);
        long start = packet.data().address() + at;
        // One by one: an array would be copied by a function of the VM's, and a worker that has just been forked pays
        // for every page of
        // code and data that it is the first to touch.
        for (int i = 0; i < count; i++) {
            int place = at + POINTERS + i * Long.BYTES;
            packet.putLong(place, packet.getLong(place) + start);
        }
        return start + POINTERS;
    }

    /** What there will be to install when {@link #writeFor a block for this place} has come. */
    public static long expected(long data, int at) {
        return data + at + POINTERS;
    }

    /**
     * Makes a block the environment of this process. The message's memory has to live, unchanged, as long as the process or
     * until the next environment is installed. A thread that calls getenv(3) meanwhile sees the old or the
     * new one.
     */
    public static void install(long prepared) {
        Holder.ENVIRON_VARIABLE.putLong(0, prepared);
    }

    /** Apart, so that the launcher, which writes blocks and installs none, needs no such symbol. */
    private static final class Holder {
        static final ByteBuffer ENVIRON_VARIABLE =
                Native.directBuffer(Pointer.wrap(Native.RUNTIME, ENVIRON, Long.BYTES), Long.BYTES);
    }
}
