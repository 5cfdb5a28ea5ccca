package forkd.posix;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalInt;

/**
 * {@link Posix#spawn} in two halves, so that whoever starts many programs one after the other need not wait for each exec before the
 * next: on several processors the children get there side by side. Where that is not possible (a {@link Confinement}, another machine
 * than x86_64) the first half does all.
 *
 * <p>Used on one thread.
 */
public final class Spawner {
    private final Deque<DirectSpawn> free = new ArrayDeque<>();

    /**
     * Makes the child. Does not wait for its exec where that is possible.
     *
     * @param request its descriptors must stay open until {@link Begun#finish} returns
     * @throws ErrnoException as of {@link Posix#spawn}; there is no child
     */
    public Begun begin(SpawnRequest request) throws ErrnoException {
        if (!request.confinement().isNone() || !DirectSpawn.isSupported()) {
            return new Begun(request, null, Posix.spawn(request));
        }
        DirectSpawn spawn = free.isEmpty() ? DirectSpawn.overlapping() : free.pop();
        try {
            return new Begun(request, spawn, spawn.begin(request));
        } catch (ErrnoException e) {
            free.push(spawn);
            throw e;
        }
    }

    /** A child that has been made. */
    public final class Begun {
        private final SpawnRequest request;
        private final DirectSpawn spawn;
        private final int pid;

        /** @param spawn null where the program has been executed */
        private Begun(SpawnRequest request, DirectSpawn spawn, int pid) {
            this.request = request;
            this.spawn = spawn;
            this.pid = pid;
        }

        /**
         * Blocks until the new program runs or has failed to start; a child that could not execute it has been waited for. To be
         * called once.
         *
         * @return the pid; the caller has to see to it that it is waited for
         */
        public int finish() throws ErrnoException {
            if (spawn == null) {
                return pid;
            }
            spawn.await();
            OptionalInt started;
            try {
                started = spawn.end(request, pid);
            } finally {
                free.push(spawn);
            }
            return started.isPresent() ? started.getAsInt() : Posix.spawnByLibrary(request);
        }
    }
}
