package forkd.posix;

import static forkd.posix.Native.LIBC;

/**
 * A listening socket that this process was born with, under a number: from systemd, from a supervisor, from a shell. It has
 * no owner until {@link #take}.
 *
 * @param number the descriptor
 * @param family AF_INET, AF_INET6 or AF_UNIX
 */
public record InheritedListener(int number, int family) {
    private static final int F_SETFD = 2;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int FD_CLOEXEC = 1;
    private static final int O_NONBLOCK = 0x800;

    /**
     * Looks at a descriptor; socket(7) with SO_ACCEPTCONN and SO_TYPE.
     *
     * @throws ErrnoException EBADF where nothing is open there, ENOTSOCK, EINVAL where it does not listen, ESOCKTNOSUPPORT
     *     where it is no stream
     */
    public static InheritedListener at(int number) throws ErrnoException {
        if (Sockets.optionOf(number, Sockets.SOL_SOCKET, Sockets.SO_ACCEPTCONN) == 0) {
            throw new ErrnoException("SO_ACCEPTCONN(fd " + number + ")", Errno.EINVAL);
        }
        if (Sockets.optionOf(number, Sockets.SOL_SOCKET, Sockets.SO_TYPE) != SocketType.SOCK_STREAM.number()) {
            throw new ErrnoException("SO_TYPE(fd " + number + ")", Errno.ESOCKTNOSUPPORT);
        }
        final int domain = 39; // SO_DOMAIN
        return new InheritedListener(number, Sockets.optionOf(number, Sockets.SOL_SOCKET, domain));
    }

    /**
     * Makes it non-blocking and close-on-exec, fcntl(2), and gives it an owner. A standard descriptor is moved away first, and
     * /dev/null put in its place: a closed 0 would be the next file's number.
     *
     * <p>O_NONBLOCK belongs to the open socket and not to the descriptor: every process that holds it sees it from here on.
     */
    public Fd take() throws ErrnoException {
        Fd fd = number <= Fd.STDERR ? moved() : new Fd(number);
        int flags = LIBC.fcntl(fd.number(), F_GETFL, 0);
        if (flags < 0) {
            throw closing(fd, Native.failed("fcntl", fd + ", F_GETFL"));
        }
        if (LIBC.fcntl(fd.number(), F_SETFL, flags | O_NONBLOCK) < 0) {
            throw closing(fd, Native.failed("fcntl", fd + ", F_SETFL"));
        }
        if (LIBC.fcntl(fd.number(), F_SETFD, FD_CLOEXEC) < 0) {
            throw closing(fd, Native.failed("fcntl", fd + ", F_SETFD"));
        }
        return fd;
    }

    private Fd moved() throws ErrnoException {
        Fd fd = Posix.duplicate(number);
        try (Fd nothing = Posix.open("/dev/null")) {
            Posix.dup2(nothing.number(), number);
        } catch (ErrnoException e) {
            throw closing(fd, e);
        }
        return fd;
    }

    private static ErrnoException closing(Fd fd, ErrnoException why) {
        fd.close();
        return why;
    }
}
