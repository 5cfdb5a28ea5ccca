package forkd.worker;

import forkd.posix.ProcessTitle;

/**
 * The worker process: one connection, on descriptors 0 and 1, then the end. It never listens, never forks another
 * worker, and never writes its own messages to the connection: they go to descriptor 2, which is the launcher's log.
 *
 * <p>A fresh JVM starts here with {@code main}, so nothing on this path loads a native library or more classes than it
 * needs; the other models call {@link #serve} in a JVM that already runs.
 */
public final class WorkerMain {
    private WorkerMain() {}

    /**
     * Handles the one connection and exits with a {@link WorkerExit}.
     *
     * @param args the handler's name and the peer as the event log prints it, which are shown by ps(1)
     */
    public static void main(String[] args) {
        // Descriptor 1 is the client: a stray println of the handler belongs into the log and not into the protocol.
        System.setOut(System.err);
        System.exit(start(args).code());
    }

    private static WorkerExit start(String[] args) {
        String id = System.getenv(WorkerContract.CONNECTION_ID);
        if (args.length != 2 || id == null || !id.matches("\\d{1,18}")) {
            complain("a worker is started by forkd serve, with a connection on descriptors 0 and 1", null);
            return WorkerExit.BAD_CONTRACT;
        }
        String handlerName = args[0];
        long number = Long.parseLong(id);
        ProcessTitle.trySet(WorkerContract.PROCESS_NAME, WorkerContract.title(number, handlerName, args[1]));
        try {
            return serve(
                    Handlers.create(handlerName, ClassLoader.getSystemClassLoader()),
                    number,
                    InheritedConnection::ofClassLibrary);
        } catch (HandlerException e) {
            complain(e.getMessage(), e.getCause());
            return WorkerExit.BAD_CONTRACT;
        }
    }

    /**
     * Handles the connection on descriptors 0 and 1 and says how the process has to end. Blocks until it is handled. Shutdown hooks
     * of the process may still use it.
     */
    public static WorkerExit serve(ConnectionHandler handler, long id, ChannelSource channels) {
        return serve(handler, new InheritedConnection(id, channels));
    }

    /** The same for one connection of several: what the handler keeps of it can do nothing to the next one. */
    public static WorkerExit serveOne(ConnectionHandler handler, long id, ChannelSource channels) {
        InheritedConnection connection = new InheritedConnection(id, channels);
        try {
            return serve(handler, connection);
        } finally {
            connection.end();
        }
    }

    private static WorkerExit serve(ConnectionHandler handler, InheritedConnection connection) {
        try {
            handler.handle(connection);
            return WorkerExit.HANDLED;
        } catch (ConnectionLostException e) {
            return WorkerExit.CONNECTION_LOST;
        } catch (Throwable e) { // an Error of the handler is a failure of this one connection, too
            complain("connection " + connection.id() + ": the handler failed", e);
            return WorkerExit.HANDLER_FAILED;
        }
    }

    private static void complain(String message, Throwable cause) {
        System.err.println("forkd worker: " + message);
        if (cause != null) {
            cause.printStackTrace();
        }
    }
}
