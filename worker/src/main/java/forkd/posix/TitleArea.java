package forkd.posix;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import jnr.ffi.Pointer;

/**
 * The argument area of this process, for a title that is written without a file being opened: what {@link ProcessTitle}
 * does, for processes that have no time. A forked child has its own copy of the area. Allocates nothing when it writes, and copies
 * by instructions of its own, for the reason that {@link RawCall} has. x86_64 only.
 */
public final class TitleArea {
    /** struct frame: from where how many bytes go to the area; and how many zeros behind them. */
    private static final int SOURCE = 0;

    private static final int AREA = 8;
    private static final int BYTES = 16;
    private static final int ZEROS = 24;
    private static final int FRAME_BYTES = 32;

    /** In C: {@code memset(mempcpy(frame->area, frame->source, frame->bytes), 0, frame->zeros)}. */
    private static final MachineCode CODE = new MachineCode(
            "f30f1efa" // endbr64
                    + "488b37" + "488b4f10" // mov rsi, [rdi]; mov rcx, [rdi+16]
                    + "488b5718" + "488b7f08" // mov rdx, [rdi+24]; mov rdi, [rdi+8]
                    + "f3a4" // rep movsb
                    + "31c0" + "4889d1" // xor eax, eax; mov rcx, rdx
                    + "f3aa" + "c3"); // rep stosb; ret

    private static final ByteBuffer FRAME = WorkerPages.buffer(FRAME_BYTES);
    private static final long FRAME_ADDRESS = Native.addressOf(FRAME);

    private final long area;
    private final int room;
    private final Pointer name;

    /**
     * Finds the area.
     *
     * @param name of every process that writes a title, cut at 15 bytes: {@code ps -o comm}
     */
    public TitleArea(String name) throws IOException {
        long[] bounds = ProcessTitle.argumentArea();
        area = bounds[0];
        room = (int) (bounds[1] - bounds[0]);
        this.name = Native.string(name);
    }

    /**
     * Writes the bytes of a message as the title, cut where there is no room, and sets the name of the calling thread, which
     * is the main one of a forked process.
     */
    public void write(PacketBuffer packet, int at, int length) {
        if (room == 0) {
            return; // no process of a real kernel's
        }
        int bytes = Math.min(length, room - 1);
        FRAME.putLong(SOURCE, packet.address() + at);
        FRAME.putLong(AREA, area);
        FRAME.putLong(BYTES, bytes);
        FRAME.putLong(ZEROS, room - bytes);
        try {
            CODE.call(FRAME_ADDRESS);
        } finally {
            Reference.reachabilityFence(packet); // whose memory it reads
        }
        LoneCalls.prctl(Posix.PR_SET_NAME, name.address());
    }
}
