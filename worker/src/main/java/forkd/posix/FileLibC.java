package forkd.posix;

import jnr.ffi.Pointer;

/**
 * What is done to files for a Unix socket, a log or a cgroup. As {@link LibC}, and loaded where it is needed only.
 *
 * <p>Public only because JNR implements it in a class loader of its own.
 */
public interface FileLibC {
    int umask(int mask);

    int lchown(Pointer path, int owner, int group);

    int fchown(int fd, int owner, int group);

    int flock(int fd, int operation);

    int access(Pointer path, int mode);

    int mkdir(Pointer path, int mode);

    int rmdir(Pointer path);
}
