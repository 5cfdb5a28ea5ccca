package forkd.posix;

import jnr.ffi.Pointer;
import jnr.ffi.types.pid_t;

/**
 * posix_spawn(3) of the C library, with its file actions and attributes; {@link SpawnArguments} is the only user. As {@link LibC}, and
 * loaded where it is needed only.
 *
 * <p>Public only because JNR implements it in a class loader of its own.
 */
public interface SpawnLibC {
    int posix_spawn(Pointer pid, Pointer path, Pointer actions, Pointer attributes, Pointer argv, Pointer environment);

    int posix_spawn_file_actions_init(Pointer actions);

    int posix_spawn_file_actions_destroy(Pointer actions);

    int posix_spawn_file_actions_adddup2(Pointer actions, int from, int to);

    int posix_spawn_file_actions_addclose(Pointer actions, int fd);

    int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int from);

    int posix_spawnattr_init(Pointer attributes);

    int posix_spawnattr_setflags(Pointer attributes, short flags);

    int posix_spawnattr_setsigdefault(Pointer attributes, Pointer signals);

    int posix_spawnattr_setsigmask(Pointer attributes, Pointer signals);

    int posix_spawnattr_setpgroup(Pointer attributes, @pid_t long group);
}
