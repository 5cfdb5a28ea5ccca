package forkd.launcher.process;

/** Takes what workers write to descriptor 2. Any thread. */
public interface LogSink {
    /**
     * A line, or a piece of one.
     *
     * @param connection the worker's connection
     * @param worker the worker's process id
     * @param text without the line's end
     * @param more whether the line goes on in the next call for this worker
     */
    void line(long connection, int worker, String text, boolean more);
}
