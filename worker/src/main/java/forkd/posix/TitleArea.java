package forkd.posix;

import java.io.IOException;
import jnr.ffi.Pointer;

/**
 * The argument area of this process, for a title that is written without a file being opened: what {@link ProcessTitle}
 * does, for processes that have no time. A forked child has its own copy of the area. Allocates nothing when it writes.
 */
public final class TitleArea {
    private final Pointer area;
    private final int room;
    private final Pointer name;
    private final Pointer blank;

    /**
     * Finds the area.
     *
     * @param name of every process that writes a title, cut at 15 bytes: {@code ps -o comm}
     */
    public TitleArea(String name) throws IOException {
        long[] bounds = ProcessTitle.argumentArea();
        room = (int) (bounds[1] - bounds[0]);
        area = Pointer.wrap(Native.RUNTIME, bounds[0], room);
        blank = Native.allocate(room);
        this.name = Native.string(name);
    }

    /**
     * Writes the bytes of a message as the title, cut where there is no room, and sets the name of the calling thread, which
     * is the main one of a forked process.
     */
    public void write(PacketBuffer packet, int at, int length) {
        int bytes = Math.min(length, room - 1);
        packet.data().transferTo(at, area, 0, bytes);
        blank.transferTo(0, area, bytes, room - bytes);
        LoneCalls.prctl(Posix.PR_SET_NAME, name.address());
    }
}
