package forkd.worker;

import java.io.IOException;

/** How bytes come from descriptor 0 and go to descriptor 1. Any thread may call; nothing is kept between two calls. */
public interface ConnectionBytes {
    /**
     * read(2), as {@link java.io.InputStream#read(byte[], int, int)}. Blocks until something comes, or the end.
     *
     * @return how many bytes were read, at least one; -1 at the end of file; 0 where none are wanted
     */
    int read(byte[] to, int offset, int length) throws IOException;

    /** write(2), as often as it takes. Blocks while the client does not read and the kernel's buffers are full. */
    void write(byte[] from, int offset, int length) throws IOException;

    /** Does what depends on how many bytes there are, without the connection; between warm-ups, whose bytes are the same each time. */
    default void practise() throws IOException {}
}
