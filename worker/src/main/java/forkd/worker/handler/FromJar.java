package forkd.worker.handler;

import java.util.function.Supplier;

/** Knows nothing of forkd: a worker loads it once more, out of a jar that it has just made, where it belongs to no package of this one. */
public final class FromJar implements Supplier<String> {
    static final String TEXT = "from a jar";

    @Override
    public String get() {
        return TEXT;
    }
}
