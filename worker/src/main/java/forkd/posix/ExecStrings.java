package forkd.posix;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What execve(2) is given: path, argv and environment, as one block of native memory of the caller's. */
final class ExecStrings {
    private final List<byte[]> strings;
    private final int arguments;
    private final int text;
    private final int size;

    ExecStrings(SpawnRequest request) {
        arguments = request.argv().size();
        int variables = request.environment().size();
        strings = new ArrayList<>(1 + arguments + variables);
        addAll(request.argv());
        addAll(request.environment());
        add(request.path());
        text = (arguments + 1 + variables + 1) * Long.BYTES;
        int bytes = text;
        for (byte[] string : strings) {
            bytes += string.length + 1;
        }
        size = bytes;
    }

    /** The bytes that the block takes. */
    int size() {
        return size;
    }

    /**
     * Writes the block.
     *
     * @param at where in the memory it begins; aligned
     * @param address of that place
     */
    Written write(ByteBuffer memory, int at, long address) {
        memory.position(at + text);
        int pointer = at;
        int last = strings.size() - 1;
        for (int i = 0; i < last; i++) {
            if (i == arguments) {
                memory.putLong(pointer, 0);
                pointer += Long.BYTES;
            }
            memory.putLong(pointer, address + memory.position() - at);
            pointer += Long.BYTES;
            memory.put(strings.get(i)).put((byte) 0);
        }
        if (last == arguments) { // no variable has put the end of the arguments before itself
            memory.putLong(pointer, 0);
            pointer += Long.BYTES;
        }
        memory.putLong(pointer, 0);
        long path = address + memory.position() - at;
        memory.put(strings.get(last)).put((byte) 0);
        return new Written(path, address, address + (arguments + 1L) * Long.BYTES);
    }

    /** The addresses of what has been written. */
    record Written(long path, long argv, long environment) {}

    private void addAll(List<String> texts) {
        for (String one : texts) {
            add(one);
        }
    }

    private void add(String one) {
        if (one.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("an argument holds no NUL");
        }
        strings.add(one.getBytes(StandardCharsets.UTF_8));
    }
}
