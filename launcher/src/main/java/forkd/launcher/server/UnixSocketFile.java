package forkd.launcher.server;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Posix;
import forkd.posix.SocketType;
import forkd.posix.UnixAddr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The file of a bound Unix socket. The kernel never removes it: unix(7). So a server that was killed leaves one behind,
 * which the next server has to tell from one that is in use.
 */
final class UnixSocketFile {
    private static final int S_IFMT = 0170000;
    private static final int S_IFSOCK = 0140000;

    private final Path path;
    /** Device and inode: what makes this file ours and not one that somebody else has put there since. */
    private final Object key;

    private UnixSocketFile(Path path, Object key) {
        this.path = path;
        this.key = key;
    }

    /** bind(2), taking over the path where its socket is stale. */
    static UnixSocketFile bind(Fd socket, UnixAddr address) throws IOException {
        Path path = Path.of(address.name()).toAbsolutePath();
        try {
            Posix.bind(socket, address);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EADDRINUSE || !isStale(address, path)) {
                throw e;
            }
            Files.delete(path);
            Posix.bind(socket, address);
        }
        return new UnixSocketFile(path, attributes(path).fileKey());
    }

    /** Removes the file, if it is still the one that was bound. */
    void remove() {
        try {
            if (key.equals(attributes(path).fileKey())) {
                Files.delete(path);
            }
        } catch (IOException e) {
            // It is gone already, or its folder is: what was to be reached is reached, or somebody else has seen to it.
            return;
        }
    }

    /** A socket file is stale where a connect is refused: no process listens on it. Does not block on a full backlog. */
    private static boolean isStale(UnixAddr address, Path path) throws IOException {
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & S_IFMT) != S_IFSOCK) {
            return false; // a FIFO or a device refuses a connect, too
        }
        try (Fd probe = Posix.nonBlockingSocket(Posix.AF_UNIX, SocketType.SOCK_STREAM)) {
            Posix.connect(probe, address);
            return false;
        } catch (ErrnoException e) {
            return e.errno() == Errno.ECONNREFUSED;
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
