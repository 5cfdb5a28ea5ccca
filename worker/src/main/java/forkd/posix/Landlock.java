package forkd.posix;

import static forkd.posix.Native.LIBC;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jnr.ffi.Pointer;

/**
 * What a confined process may reach: landlock(7). Files by folders, if asked for; and, where the kernel can, no signals and no
 * abstract Unix sockets to any process outside. It owns the descriptor of the rules, and lives as long as the launcher does.
 * Every process that takes them on is a domain of its own, with what it starts.
 */
public final class Landlock {
    /** The first version of Landlock that keeps signals and abstract sockets inside: Linux 6.12. */
    public static final int ABI_WITH_SCOPES = 6;

    private static final int ABI_WITH_REFER = 2;
    private static final int ABI_WITH_TRUNCATE = 3;
    private static final int ABI_WITH_NETWORK = 4;

    private static final long EXECUTE = 1;
    private static final long WRITE_FILE = 1 << 1;
    private static final long READ_FILE = 1 << 2;
    private static final long READ_DIR = 1 << 3;
    /** Files and folders are made, removed and linked: bits 4 to 12. */
    private static final long CHANGE_DIR = 0x1ff0;

    private static final long REFER = 1 << 13;
    private static final long TRUNCATE = 1 << 14;

    private static final long SCOPE_ABSTRACT_UNIX_SOCKET = 1;
    private static final long SCOPE_SIGNAL = 2;

    private static final int CREATE_RULESET_VERSION = 1;
    private static final int RULE_PATH_BENEATH = 1;
    /** struct landlock_ruleset_attr: files, network, scopes. */
    private static final int ATTRIBUTE_BYTES = 24;

    private static final int O_PATH = 0x200000;
    private static final int O_CLOEXEC = 0x80000;

    private final Fd rules;
    private final long read;
    private final long write;

    private Landlock(Fd rules, long read, long write) {
        this.rules = rules;
        this.read = read;
        this.write = write;
    }

    /** The version of this kernel's Landlock; 0 where there is none. */
    public static int abi() {
        return (int) Math.max(
                0, LIBC.syscall(SystemCall.LANDLOCK_CREATE_RULESET.number(), 0, 0, CREATE_RULESET_VERSION, 0, 0));
    }

    /**
     * Rules for signals and abstract sockets only; files are not restricted.
     *
     * @throws ErrnoException EOPNOTSUPP or ENOSYS where the kernel cannot
     */
    public static Landlock scopes() throws ErrnoException {
        return new Landlock(create(0, SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL), 0, 0);
    }

    /**
     * Rules for files, and for signals and abstract sockets where the kernel can.
     *
     * @param read files and folders that may be read and executed, with all below them
     * @param write those that may also be written, made and removed
     */
    public static Landlock files(List<String> read, List<String> write) throws ErrnoException {
        int abi = abi();
        long mayRead = EXECUTE | READ_FILE | READ_DIR;
        long mayWrite = mayRead
                | WRITE_FILE
                | CHANGE_DIR
                | (abi >= ABI_WITH_REFER ? REFER : 0)
                | (abi >= ABI_WITH_TRUNCATE ? TRUNCATE : 0);
        long scopes = abi >= ABI_WITH_SCOPES ? SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL : 0;
        Landlock landlock = new Landlock(create(mayWrite, scopes), mayRead, mayWrite);
        for (String path : read) {
            landlock.allow(path, landlock.read);
        }
        for (String path : write) {
            landlock.allow(path, landlock.write);
        }
        return landlock;
    }

    private static Fd create(long files, long scopes) throws ErrnoException {
        int abi = abi();
        int bytes = abi >= ABI_WITH_SCOPES ? ATTRIBUTE_BYTES : abi >= ABI_WITH_NETWORK ? 2 * Long.BYTES : Long.BYTES;
        Pointer attributes = Native.allocate(ATTRIBUTE_BYTES);
        attributes.putLong(0, files);
        attributes.putLong(2 * Long.BYTES, scopes);
        if (scopes != 0 && abi < ABI_WITH_SCOPES) {
            throw new ErrnoException("landlock_create_ruleset(scopes)", Errno.EOPNOTSUPP);
        }
        long fd = LIBC.syscall(SystemCall.LANDLOCK_CREATE_RULESET.number(), attributes.address(), bytes, 0, 0, 0);
        if (fd < 0) {
            throw Native.failed("landlock_create_ruleset", "");
        }
        return new Fd((int) fd);
    }

    private void allow(String path, long access) throws ErrnoException {
        int fd = LIBC.open(Native.string(path), O_PATH | O_CLOEXEC, 0);
        if (fd < 0) {
            throw Native.failed("open", path);
        }
        try (Fd folder = new Fd(fd)) {
            boolean directory = Files.isDirectory(Path.of(path));
            Pointer rule = Native.allocate(Long.BYTES + Integer.BYTES);
            rule.putLong(0, directory ? access : access & (EXECUTE | READ_FILE | WRITE_FILE | TRUNCATE));
            rule.putInt(Long.BYTES, folder.number());
            if (LIBC.syscall(
                            SystemCall.LANDLOCK_ADD_RULE.number(),
                            rules.number(),
                            RULE_PATH_BENEATH,
                            rule.address(),
                            0,
                            0)
                    < 0) {
                throw Native.failed("landlock_add_rule", path);
            }
        }
    }

    /** Gives the descriptor of the rules away. */
    int release() {
        return rules.release();
    }

    /** The descriptor of the rules; it stays this object's. */
    int descriptor() {
        return rules.number();
    }
}
