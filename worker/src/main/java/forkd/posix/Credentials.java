package forkd.posix;

import java.util.List;
import java.util.OptionalInt;

/**
 * Who a process is: credentials(7).
 *
 * @param uid real, effective and saved user id; empty where it stays
 * @param gid real, effective and saved group id
 * @param groups the supplementary groups, all of them
 */
public record Credentials(OptionalInt uid, int gid, List<Integer> groups) {}
