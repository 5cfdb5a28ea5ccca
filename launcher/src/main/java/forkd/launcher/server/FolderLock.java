package forkd.launcher.server;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Posix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps other launchers from opening a Unix socket in the same folder meanwhile, flock(2). Between bind(2) and listen(2) a socket
 * looks like one that nobody listens on any more:
 *
 * <pre>
 *   one launcher                     another
 *   bind: the file is there
 *                                    bind: EADDRINUSE; connect: ECONNREFUSED, so it is stale
 *   listen
 *                                    deletes the file, binds and listens
 *   serves, and nobody can connect
 * </pre>
 *
 * Where the folder cannot be read, or somebody holds a lock on it for long, there is none: whoever may read a folder may lock it, and
 * must not keep a server from starting.
 */
final class FolderLock implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration STEP = Duration.ofMillis(1);

    private final Fd folder;

    private FolderLock(Fd folder) {
        this.folder = folder;
    }

    /** Blocks for as long as another launcher opens its socket, for two seconds at the most. */
    static FolderLock of(Path folder) {
        Fd fd = null;
        try {
            fd = Posix.openFolder(folder.toString());
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!Posix.tryLock(fd) && System.nanoTime() < deadline) {
                LockSupport.parkNanos(STEP.toNanos());
            }
        } catch (ErrnoException e) {
            return new FolderLock(fd); // bind tells what is wrong with the folder, if anything is
        }
        return new FolderLock(fd);
    }

    @Override
    public void close() {
        if (folder != null) {
            folder.close();
        }
    }
}
