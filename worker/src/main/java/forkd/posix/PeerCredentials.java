package forkd.posix;

/**
 * Who connected to a Unix socket: the effective ids of the process at the time of its connect(2), unix(7) with SO_PEERCRED.
 *
 * @param pid the process; 0 where it is in a pid namespace that this process does not see
 * @param uid the effective user, 0 to 2^32 - 1
 * @param gid the effective group, 0 to 2^32 - 1
 */
public record PeerCredentials(int pid, long uid, long gid) {}
