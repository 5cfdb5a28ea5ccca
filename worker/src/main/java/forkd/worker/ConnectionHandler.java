package forkd.worker;

/**
 * What a worker does with its connection; the interface that users implement. The class needs a public constructor
 * without parameters. One instance handles one connection, in a process of its own: static state, threads, leaks and
 * crashes end with that connection. Only with {@code --connections-per-worker} more than 1 it handles several, one after the
 * other.
 */
public interface ConnectionHandler {
    /**
     * Talks with the client. When it returns, the worker exits with status 0, and so the connection is closed; bytes that
     * the handler has buffered itself must be flushed before. Called on the main thread, once for a connection.
     *
     * @param connection this worker's connection; the worker owns and closes it
     * @throws Exception whatever leaves the handler is written to the log and makes the worker's exit status
     *     {@link WorkerExit#HANDLER_FAILED}, or {@link WorkerExit#CONNECTION_LOST} where the client had gone
     */
    void handle(Connection connection) throws Exception;

    /**
     * Loads and computes ahead what every connection needs; called once, before the first connection, where workers are
     * copies of a warmed JVM (model fork) or are started ahead (model pool). Threads that it leaves behind must only wait.
     *
     * <p>Code that is to be fast is warmed better by {@code --warm-up}: these connections take a worker's own way, and one of them
     * comes after the last collection of garbage, which since JDK 20 makes the first call of all compiled code slow.
     *
     * @throws Exception ends the start of the server with this message
     */
    default void warmUp() throws Exception {}
}
