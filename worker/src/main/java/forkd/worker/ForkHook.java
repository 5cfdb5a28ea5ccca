package forkd.worker;

/**
 * What code of a handler's does around the fork, in the fork model. A worker is a copy of the zygote in which the handler was
 * loaded and warmed: connections to databases, sockets, files, caches of the pid and generators of random numbers that were
 * made there are the same in all workers. A hook closes them before and makes them anew after.
 *
 * <p>A handler that implements this interface is registered by itself; others are with {@link ForkHooks#register}. The other
 * models do not fork and call neither method.
 */
public interface ForkHook {
    /**
     * In the zygote, once, after the warm-up and before it is split. Called in the reverse order of registration.
     *
     * @throws Exception ends the start of the server with this message
     */
    default void beforeFork() throws Exception {}

    /**
     * In every worker, before the handler runs. Called in the order of registration, on the main thread.
     *
     * @throws Exception ends this worker like an exception of the handler
     */
    default void afterFork() throws Exception {}
}
