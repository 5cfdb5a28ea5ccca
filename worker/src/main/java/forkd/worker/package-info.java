/**
 * The public API: what a Java developer compiles a handler against, and the worker process that runs it.
 *
 * <ul>
 *   <li>A user implements {@link forkd.worker.ConnectionHandler} and gets a {@link forkd.worker.Connection}.
 *   <li>{@link forkd.worker.WorkerContract} names what a worker process is given, {@link forkd.worker.WorkerExit} how it
 *       ends.
 *   <li>This package knows nothing of the launcher.
 * </ul>
 */
package forkd.worker;
