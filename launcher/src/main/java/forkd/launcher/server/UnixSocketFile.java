package forkd.launcher.server;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Posix;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.posix.UnixAddr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.OptionalInt;

/**
 * The file of a bound Unix socket. The kernel never removes it: unix(7). So a server that was killed leaves one behind,
 * which the next server has to tell from one that is in use.
 */
final class UnixSocketFile {
    private static final int S_IFMT = 0170000;
    private static final int S_IFSOCK = 0140000;
    private static final int ALL_PERMISSIONS = 0777;

    private final Path path;
    /** Device and inode: what makes this file ours and not one that somebody else has put there since. */
    private final Object key;

    private UnixSocketFile(Path path, Object key) {
        this.path = path;
        this.key = key;
    }

    /** Held from before {@link #bind} until after listen(2). */
    static FolderLock lock(UnixAddr address) {
        return FolderLock.of(Path.of(address.name()).toAbsolutePath().getParent());
    }

    /**
     * bind(2), taking over the path where its socket is stale. There is no moment in which a stranger could connect: the file is
     * born with its mode, and until listen(2), which comes after this, every connect is refused.
     */
    static UnixSocketFile bind(Fd socket, UnixAddr address, FileIds access) throws IOException {
        Path path = Path.of(address.name()).toAbsolutePath();
        try {
            bindWithMode(socket, address, access.mode());
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EADDRINUSE || !isStale(address, path)) {
                throw e;
            }
            Files.delete(path);
            bindWithMode(socket, address, access.mode());
        }
        UnixSocketFile file = new UnixSocketFile(path, attributes(path).fileKey());
        try {
            if (access.owner().isPresent() || access.group().isPresent()) {
                Posix.lchown(path, access.owner(), access.group());
            }
            return file;
        } catch (ErrnoException e) {
            file.remove();
            throw e;
        }
    }

    /** The kernel makes the file with 0777 less the umask, unix(7). No other thread makes files before the server listens. */
    private static void bindWithMode(Fd socket, UnixAddr address, OptionalInt mode) throws ErrnoException {
        if (mode.isEmpty()) {
            Sockets.bind(socket, address);
            return;
        }
        int before = Posix.umask(ALL_PERMISSIONS & ~mode.getAsInt());
        try {
            Sockets.bind(socket, address);
        } finally {
            Posix.umask(before);
        }
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
        try (Fd probe = Sockets.nonBlockingSocket(Sockets.AF_UNIX, SocketType.SOCK_STREAM)) {
            Sockets.connect(probe, address);
            return false;
        } catch (ErrnoException e) {
            return e.errno() == Errno.ECONNREFUSED;
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
