package forkd.posix;

import static forkd.posix.Native.LIBC;

import java.util.OptionalLong;
import java.util.regex.Pattern;
import jnr.ffi.Pointer;

/**
 * Users and groups by name: getpwnam(3), getgrnam(3), or by number. For the start only: the answers of the C library lie in
 * memory that its next answer overwrites, and a directory service may be asked over the network.
 */
public final class Accounts {
    /** pw_uid behind two pointers, and gr_gid as well: struct passwd, struct group. */
    private static final int ID = 2 * Long.BYTES;

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

    private static OptionalLong number(String text) {
        long id = Long.parseLong(text);
        return id > MAX_ID ? OptionalLong.empty() : OptionalLong.of(id);
    }

    private static OptionalLong id(Pointer entry) {
        return entry == null ? OptionalLong.empty() : OptionalLong.of(Integer.toUnsignedLong(entry.getInt(ID)));
    }
}
