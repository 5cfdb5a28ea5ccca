package forkd.launcher.proxy;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A header that comes in pieces. It says of bytes that wait in a socket how many of them are the header's, so that not one byte more
 * is taken: the rest is the worker's. Wrong bytes are found as soon as they are seen.
 */
final class HeaderBuffer {
    /** More than any line, and than most binary headers: two calls for those. */
    static final int CHUNK = 1024;

    private byte[] bytes = new byte[VersionOne.MAX_BYTES];
    private int size;

    /** How many bytes to look at next: at least 1 while the header is not complete. */
    int room() throws ProxyHeaderException {
        return knowsItsEnd() ? Math.min(CHUNK, VersionTwo.length(bytes) - size) : CHUNK;
    }

    /** Whether all of {@link #room} belongs to the header, whatever it is. */
    boolean knowsItsEnd() {
        return isVersionTwo() && size >= VersionTwo.FIXED_BYTES;
    }

    /**
     * How many of these bytes, which come next, belong to the header: all of them, or those up to its end.
     *
     * @throws ProxyHeaderException where they cannot be part of one
     */
    int measure(byte[] next, int count) throws ProxyHeaderException {
        byte[] all = Arrays.copyOf(bytes, size + count);
        System.arraycopy(next, 0, all, size, count);
        return end(all, all.length) - size;
    }

    /** Takes bytes that {@link #measure} has counted, or some of them. */
    void append(byte[] next, int count) {
        if (size + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + count, 2 * bytes.length));
        }
        System.arraycopy(next, 0, bytes, size, count);
        size += count;
    }

    boolean isComplete() throws ProxyHeaderException {
        if (size == 0) {
            return false;
        }
        if (isVersionTwo()) {
            return size >= VersionTwo.FIXED_BYTES && size == VersionTwo.length(bytes);
        }
        return VersionOne.isComplete(bytes, size);
    }

    /** The header; only when it is complete. */
    ProxyHeader header() throws ProxyHeaderException {
        return isVersionTwo() ? VersionTwo.parse(bytes, size) : VersionOne.parse(bytes, size);
    }

    int size() {
        return size;
    }

    private boolean isVersionTwo() {
        return size > 0 && bytes[0] == VersionTwo.SIGNATURE[0];
    }

    private static int end(byte[] all, int count) throws ProxyHeaderException {
        if (count == 0) {
            return 0;
        }
        if (all[0] == VersionOne.START[0]) {
            expect(VersionOne.START, all, count);
            return VersionOne.measure(all, count);
        }
        expect(VersionTwo.SIGNATURE, all, count);
        VersionTwo.check(all, count);
        return count < VersionTwo.FIXED_BYTES ? count : Math.min(count, VersionTwo.length(all));
    }

    private static void expect(byte[] start, byte[] all, int count) throws ProxyHeaderException {
        int compared = Math.min(start.length, count);
        if (!Arrays.equals(start, 0, compared, all, 0, compared)) {
            throw new ProxyHeaderException("no PROXY header: it begins with the bytes "
                    + HexFormat.ofDelimiter(" ").formatHex(all, 0, compared));
        }
    }
}
