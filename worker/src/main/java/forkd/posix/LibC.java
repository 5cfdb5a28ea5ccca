package forkd.posix;

import jnr.ffi.Pointer;
import jnr.ffi.types.size_t;
import jnr.ffi.types.socklen_t;
import jnr.ffi.types.ssize_t;

/**
 * The C library, declared call by call; {@link Posix} is the only user. Buffers are native memory passed by address,
 * so that a call copies nothing and allocates nothing.
 *
 * <p>These are our own declarations and not jnr-posix's object, for two reasons: its {@code posix_spawnp} returns -1
 * and throws the error number away, and its {@code getPOSIX()} may answer with a Java imitation.
 *
 * <p>JNR makes code for each function of an interface when it loads it, which a start waits for. So here is what every launcher and
 * every zygote calls; what few need is loaded by who does: {@link SpawnLibC}, {@link AccountLibC}, {@link FileLibC}.
 *
 * <p>Public only because JNR implements it in a class loader of its own.
 */
public interface LibC {
    int socket(int domain, int type, int protocol);

    int bind(int fd, Pointer address, @socklen_t long length);

    int listen(int fd, int backlog);

    int accept4(int fd, Pointer address, Pointer length, int flags);

    int connect(int fd, Pointer address, @socklen_t long length);

    int getsockname(int fd, Pointer address, Pointer length);

    int getpeername(int fd, Pointer address, Pointer length);

    int setsockopt(int fd, int level, int name, Pointer value, @socklen_t long length);

    int getsockopt(int fd, int level, int name, Pointer value, Pointer length);

    @ssize_t
    long recv(int fd, Pointer buffer, @size_t long count, int flags);

    @ssize_t
    long read(int fd, Pointer buffer, @size_t long count);

    @ssize_t
    long write(int fd, Pointer buffer, @size_t long count);

    @ssize_t
    long send(int fd, Pointer buffer, @size_t long count, int flags);

    int shutdown(int fd, int how);

    int close(int fd);

    int dup2(int from, int to);

    int dup3(int from, int to, int flags);

    int pipe2(Pointer descriptors, int flags);

    int poll(Pointer set, long count, int timeoutMillis);

    int epoll_create1(int flags);

    int epoll_ctl(int epoll, int operation, int fd, Pointer event);

    int epoll_wait(int epoll, Pointer events, int count, int timeoutMillis);

    int socketpair(int domain, int type, int protocol, Pointer descriptors);

    @ssize_t
    long sendmsg(int fd, Pointer message, int flags);

    @ssize_t
    long recvmsg(int fd, Pointer message, int flags);

    int waitpid(int pid, Pointer status, int options);

    int waitid(int idType, int id, Pointer info, int options);

    int kill(int pid, int signal);

    long signal(int number, long handler);

    int getrlimit(int resource, Pointer limits);

    int prctl(int option, long a, long b, long c, long d);

    int getpid();

    int clock_gettime(int clock, Pointer time);

    int pause();

    int open(Pointer path, int flags, int mode);

    long lseek(int fd, long offset, int whence);

    int fcntl(int fd, int command, long argument);

    /**
     * For system calls of up to four arguments. For exactly six integers jffi 1.4.3 generates a stub on x86_64 that passes
     * garbage as the last one, so the fifth argument must not matter to the call.
     */
    long syscall(long number, long a, long b, long c, long d, long ignored);

    int clone(long function, long stackTop, int flags, long argument, long parentTid, long tls, long childTid);

    int getcontext(Pointer context);

    int malloc_trim(@size_t long keep);

    long pthread_self();

    long ptrace(long request, long pid, long address, long data);

    int geteuid();
}
