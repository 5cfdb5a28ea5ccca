package forkd.posix;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import jnr.ffi.Pointer;

/**
 * Users and groups by name: getpwnam(3), getgrnam(3), or by number. For the start only: the answers of the C library lie in
 * memory that its next answer overwrites, and a directory service may be asked over the network.
 */
public final class Accounts {
    private static final AccountLibC LIBC = Native.load(AccountLibC.class);
    /** pw_uid behind two pointers, and gr_gid as well: struct passwd, struct group. */
    private static final int ID = 2 * Long.BYTES;

    private static final int GID = ID + Integer.BYTES;
    private static final int MAX_GROUPS = 65536;

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");
    /** (uid_t) -1 says "leave it" to chown(2). */
    private static final long MAX_ID = 0xffff_fffeL;

    private Accounts() {}

    /** The id of a user; empty where there is none of that name. */
    public static synchronized OptionalLong user(String name) {
        return NUMBER.matcher(name).matches() ? number(name) : id(LIBC.getpwnam(Native.string(name)));
    }

    /** The id of a group; empty where there is none of that name. */
    public static synchronized OptionalLong group(String name) {
        return NUMBER.matcher(name).matches() ? number(name) : id(LIBC.getgrnam(Native.string(name)));
    }

    /**
     * A user who is in the database.
     *
     * @param name there
     * @param gid the primary group
     */
    public record Account(String name, int uid, int gid) {}

    /** The user with that name or number; empty where the database has none. */
    public static synchronized Optional<Account> account(String name) {
        OptionalLong number = NUMBER.matcher(name).matches() ? number(name) : OptionalLong.empty();
        Pointer entry =
                number.isPresent() ? LIBC.getpwuid((int) number.getAsLong()) : LIBC.getpwnam(Native.string(name));
        return entry == null
                ? Optional.empty()
                : Optional.of(new Account(entry.getPointer(0).getString(0), entry.getInt(ID), entry.getInt(GID)));
    }

    /** int getgrouplist(const char *user, gid_t group, gid_t *groups, int *ngroups): what initgroups(3) would set. */
    public static synchronized List<Integer> groupsOf(String user, int gid) {
        Pointer list = Native.allocate(MAX_GROUPS * Integer.BYTES);
        Pointer count = Native.scratch();
        count.putInt(0, MAX_GROUPS);
        LIBC.getgrouplist(Native.string(user), gid, list, count);
        List<Integer> groups = new ArrayList<>();
        for (int i = 0; i < count.getInt(0); i++) {
            groups.add(list.getInt((long) Integer.BYTES * i));
        }
        return groups;
    }

    private static OptionalLong number(String text) {
        long id = Long.parseLong(text);
        return id > MAX_ID ? OptionalLong.empty() : OptionalLong.of(id);
    }

    private static OptionalLong id(Pointer entry) {
        return entry == null ? OptionalLong.empty() : OptionalLong.of(Integer.toUnsignedLong(entry.getInt(ID)));
    }
}
