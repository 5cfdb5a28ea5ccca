package forkd.zygote.crac;

/**
 * Where resources are registered.
 *
 * @param <R> what may be registered
 */
public abstract class Context<R extends Resource> implements Resource {
    /** For subclasses. */
    protected Context() {}

    public abstract void register(R resource);
}
