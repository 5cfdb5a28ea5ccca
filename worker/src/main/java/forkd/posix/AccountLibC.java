package forkd.posix;

import jnr.ffi.Pointer;

/**
 * The accounts of the C library; {@link Accounts} is the only user. As {@link LibC}, and loaded where it is needed only.
 *
 * <p>Public only because JNR implements it in a class loader of its own.
 */
public interface AccountLibC {
    Pointer getpwnam(Pointer name);

    Pointer getgrnam(Pointer name);

    Pointer getpwuid(int uid);

    int getgrouplist(Pointer user, int group, Pointer groups, Pointer count);
}
