package forkd.posix;

import static forkd.posix.Native.LIBC;

import com.kenai.jffi.Library;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Pointer;

/**
 * The native arguments of one posix_spawn(3): path, argv and environment in one block of memory, the attributes and the
 * file actions. Closing it frees what the C library allocated for the file actions.
 */
final class SpawnArguments implements AutoCloseable {
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
    private final Pointer strings;
    private final long path;
    private final long argv;
    private final long environment;

    SpawnArguments(SpawnRequest request) throws ErrnoException {
        List<byte[]> bytes = new ArrayList<>();
        bytes.add(utf8(request.path()));
        request.argv().forEach(argument -> bytes.add(utf8(argument)));
        request.environment().forEach(variable -> bytes.add(utf8(variable)));

        int pointers = request.argv().size() + 1 + request.environment().size() + 1;
        int size = pointers * Long.BYTES;
        for (byte[] string : bytes) {
            size += string.length + 1;
        }
        strings = Native.allocate(size);
        long base = strings.address();

        int text = pointers * Long.BYTES;
        long[] addresses = new long[bytes.size()];
        for (int i = 0; i < addresses.length; i++) {
            byte[] string = bytes.get(i);
            strings.put(text, string, 0, string.length);
            addresses[i] = base + text;
            text += string.length + 1;
        }

        path = addresses[0];
        int from = 1;
        int at = 0;
        argv = base;
        at = pointerArray(at, addresses, from, request.argv().size());
        from += request.argv().size();
        environment = base + at;
        pointerArray(at, addresses, from, request.environment().size());

        check("posix_spawn_file_actions_init", LIBC.posix_spawn_file_actions_init(actions));
        addFileActions(request.inherited());
    }

    /** The error number, 0 for success. */
    int spawn() {
        return LIBC.posix_spawn(pid, pointer(path), actions, ATTRIBUTES, pointer(argv), pointer(environment));
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

    private int pointerArray(int at, long[] addresses, int from, int count) {
        for (int i = 0; i < count; i++) {
            strings.putAddress(at, addresses[from + i]);
            at += Long.BYTES;
        }
        strings.putAddress(at, 0);
        return at + Long.BYTES;
    }

    private static Pointer pointer(long address) {
        return Pointer.wrap(Native.RUNTIME, address);
    }

    private static byte[] utf8(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("an argument holds no NUL");
        }
        return text.getBytes(StandardCharsets.UTF_8);
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
