package forkd.posix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Pointer;

/** What execve(2) is given: path, argv and environment, in one block of native memory that lives as long as this object. */
final class ExecStrings {
    private final Pointer strings;
    private final long path;
    private final long argv;
    private final long environment;

    ExecStrings(SpawnRequest request) {
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
    }

    long path() {
        return path;
    }

    long argv() {
        return argv;
    }

    long environment() {
        return environment;
    }

    /** The memory itself, for whoever has to keep it alive. */
    Pointer memory() {
        return strings;
    }

    private int pointerArray(int at, long[] addresses, int from, int count) {
        for (int i = 0; i < count; i++) {
            strings.putAddress(at, addresses[from + i]);
            at += Long.BYTES;
        }
        strings.putAddress(at, 0);
        return at + Long.BYTES;
    }

    private static byte[] utf8(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("an argument holds no NUL");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
