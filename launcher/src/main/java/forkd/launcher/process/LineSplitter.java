package forkd.launcher.process;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes lines of the bytes that a worker writes. A line longer than {@value #MAX_BYTES} bytes comes in pieces, so that a
 * worker that ends no line costs no memory. Not for several threads at once.
 */
final class LineSplitter {
    /** With its escapes and its event a piece stays below PIPE_BUF, 4096 bytes, if it is text: one write(2), pipe(7). */
    static final int MAX_BYTES = 1024;

    /** Takes the lines. */
    interface Lines {
        /**
         * A line, or a piece of one.
         *
         * @param text without the line's end
         * @param more whether the line goes on
         */
        void line(String text, boolean more);
    }

    private static final byte[] NOTHING = {};

    private byte[] rest = NOTHING;

    /** The next bytes. */
    void feed(byte[] bytes, int count, Lines lines) {
        int from = 0;
        for (int i = 0; i < count; i++) {
            if (bytes[i] == '\n') {
                append(bytes, from, i);
                pieces(lines, true);
                from = i + 1;
            }
        }
        append(bytes, from, count);
        pieces(lines, false);
    }

    /** Nothing more comes: a last line without its end is a line. */
    void finish(Lines lines) {
        if (rest.length > 0) {
            pieces(lines, true);
        }
    }

    private void append(byte[] bytes, int from, int to) {
        if (to > from) {
            int length = rest.length;
            rest = Arrays.copyOf(rest, length + to - from);
            System.arraycopy(bytes, from, rest, length, to - from);
        }
    }

    /** Gives out what is too long to be kept, and all of it where the line ends here. */
    private void pieces(Lines lines, boolean end) {
        int from = 0;
        while (rest.length - from > MAX_BYTES) {
            int to = from + length(from);
            lines.line(text(from, to), true);
            from = to;
        }
        if (end) {
            int to = rest.length > from && rest[rest.length - 1] == '\r' ? rest.length - 1 : rest.length;
            lines.line(text(from, to), false);
            rest = NOTHING;
        } else if (from > 0) {
            rest = Arrays.copyOfRange(rest, from, rest.length);
        }
    }

    /** Of a piece: not in the middle of a character, whose bytes after the first are 10xxxxxx in UTF-8. */
    private int length(int from) {
        for (int length = MAX_BYTES; length > MAX_BYTES - 4; length--) {
            if ((rest[from + length] & 0xc0) != 0x80) {
                return length;
            }
        }
        return MAX_BYTES; // this is no UTF-8
    }

    private String text(int from, int to) {
        return new String(rest, from, to - from, StandardCharsets.UTF_8);
    }
}
