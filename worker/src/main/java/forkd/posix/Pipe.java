package forkd.posix;

/** The two ends of a pipe(2). */
public record Pipe(Fd readEnd, Fd writeEnd) implements AutoCloseable {
    @Override
    public void close() {
        readEnd.close();
        writeEnd.close();
    }
}
