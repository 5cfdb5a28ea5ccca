package forkd.posix;

import com.kenai.jffi.Library;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import jnr.ffi.Pointer;

/**
 * The native arguments of one posix_spawn(3): the strings, the attributes and the
 * file actions. Closing it frees what the C library allocated for the file actions.
 */
final class SpawnArguments implements AutoCloseable {
    private static final SpawnLibC LIBC = Native.load(SpawnLibC.class);

    private static final short SETPGROUP = 0x02;
    private static final short SETSIGDEF = 0x04;
    private static final short SETSIGMASK = 0x08;

    /** More than sizeof posix_spawnattr_t and posix_spawn_file_actions_t in glibc (336, 80) and in musl. */
    private static final int OPAQUE_BYTES = 512;

    private static final int SIGSET_BYTES = 128;

    private static final boolean HAS_CLOSEFROM =
            Library.getDefault().getSymbolAddress("posix_spawn_file_actions_addclosefrom_np") != 0;

    private static final Pointer ATTRIBUTES = attributes();

    private final Pointer actions = Native.allocate(OPAQUE_BYTES);
    private final Pointer pid = Native.allocate(Integer.BYTES);
    private final Pointer memory;
    private final ExecStrings.Written strings;

    SpawnArguments(SpawnRequest request) throws ErrnoException {
        ExecStrings exec = new ExecStrings(request);
        ByteBuffer block = ByteBuffer.allocateDirect(exec.size()).order(ByteOrder.nativeOrder());
        memory = Pointer.wrap(Native.RUNTIME, block);
        strings = exec.write(block, 0, memory.address());
        check("posix_spawn_file_actions_init", LIBC.posix_spawn_file_actions_init(actions));
        addFileActions(request.inherited());
    }

    /** The error number, 0 for success. */
    int spawn() {
        return LIBC.posix_spawn(
                pid,
                pointer(strings.path()),
                actions,
                ATTRIBUTES,
                pointer(strings.argv()),
                pointer(strings.environment()));
    }

    int pid() {
        return pid.getInt(0);
    }

    @Override
    public void close() {
        LIBC.posix_spawn_file_actions_destroy(actions);
    }

    private void addFileActions(List<Inherited> inherited) throws ErrnoException {
        int above = Fd.STDERR;
        for (Inherited one : inherited) {
            // Where source and target are the same number, glibc clears its close-on-exec flag.
            check(
                    "posix_spawn_file_actions_adddup2",
                    LIBC.posix_spawn_file_actions_adddup2(actions, one.source().number(), one.number()));
            above = Math.max(above, one.number());
        }
        for (int number = Fd.STDERR + 1; number < above; number++) {
            int candidate = number;
            if (inherited.stream().noneMatch(one -> one.number() == candidate)) {
                // A number that is not open is passed over: posix_spawn(3).
                check("posix_spawn_file_actions_addclose", LIBC.posix_spawn_file_actions_addclose(actions, number));
            }
        }
        // Ours are close-on-exec, but the JVM and its libraries open descriptors too.
        if (HAS_CLOSEFROM) {
            check(
                    "posix_spawn_file_actions_addclosefrom_np",
                    LIBC.posix_spawn_file_actions_addclosefrom_np(actions, above + 1));
        } else {
            closeEach(above);
        }
    }

    /** For C libraries before glibc 2.34, and musl. A descriptor that is opened meanwhile by another thread slips through. */
    private void closeEach(int above) throws ErrnoException {
        String[] numbers = new File("/proc/self/fd").list();
        if (numbers == null) {
            throw new ErrnoException("open(/proc/self/fd)", Errno.ENOENT);
        }
        for (String number : numbers) {
            int fd = Integer.parseInt(number);
            if (fd > above) {
                check("posix_spawn_file_actions_addclose", LIBC.posix_spawn_file_actions_addclose(actions, fd));
            }
        }
    }

    private static Pointer pointer(long address) {
        return Pointer.wrap(Native.RUNTIME, address);
    }

    /**
     * Default dispositions for all signals, nothing blocked, a process group of its own: the JVM handles SIGPIPE and
     * others for itself, and a terminal's ^C is for the launcher, which then lets its workers finish.
     */
    private static Pointer attributes() {
        Pointer attributes = Native.allocate(OPAQUE_BYTES);
        Pointer all = Native.allocate(SIGSET_BYTES);
        all.setMemory(0, SIGSET_BYTES, (byte) 0xff);
        Pointer none = Native.allocate(SIGSET_BYTES);
        int error = LIBC.posix_spawnattr_init(attributes)
                | LIBC.posix_spawnattr_setflags(attributes, (short) (SETPGROUP | SETSIGDEF | SETSIGMASK))
                | LIBC.posix_spawnattr_setsigdefault(attributes, all)
                | LIBC.posix_spawnattr_setsigmask(attributes, none)
                | LIBC.posix_spawnattr_setpgroup(attributes, 0);
        if (error != 0) {
            throw new IllegalStateException("posix_spawnattr failed: " + Errno.of(error));
        }
        return attributes;
    }

    /** The posix_spawn family returns its error number instead of setting errno. */
    private static void check(String call, int error) throws ErrnoException {
        if (error != 0) {
            throw new ErrnoException(call, Errno.of(error));
        }
    }
}
