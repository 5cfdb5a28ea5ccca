package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrnoTest {

    @ParameterizedTest
    @CsvSource({
        "EPERM, 1, Operation not permitted",
        "ENOENT, 2, No such file or directory",
        "EINTR, 4, Interrupted system call",
        "EAGAIN, 11, Resource temporarily unavailable",
        "EACCES, 13, Permission denied",
        "EMFILE, 24, Too many open files",
        "EPIPE, 32, Broken pipe",
        "ENOTSOCK, 88, Socket operation on non-socket",
        "EMSGSIZE, 90, Message too long",
        "EADDRINUSE, 98, Address already in use",
        "EADDRNOTAVAIL, 99, Cannot assign requested address",
        "ECONNRESET, 104, Connection reset by peer",
        "ECONNREFUSED, 111, Connection refused",
        "EHWPOISON, 133, Memory page has hardware error"
    })
    void hasTheNumberAndTheTextOfTheCLibrary(Errno errno, int number, String text) {
        assertEquals(number, errno.number());
        assertEquals(text, errno.text());
    }

    @ParameterizedTest
    @EnumSource(names = "UNKNOWN", mode = EnumSource.Mode.EXCLUDE)
    void isFoundByItsNumber(Errno errno) {
        assertEquals(errno, Errno.of(errno.number()));
    }

    @Test
    void agreesWithThePlatformsTableOfNumbers() {
        Map<String, Integer> platform = new HashMap<>();
        for (jnr.constants.platform.Errno errno : jnr.constants.platform.Errno.values()) {
            if (errno.defined()) {
                platform.put(errno.name(), errno.intValue());
            }
        }

        Map<String, Integer> ours = new HashMap<>();
        for (Errno errno : Errno.values()) {
            ours.put(errno.name(), errno.number());
        }
        ours.keySet().retainAll(platform.keySet());
        platform.keySet().retainAll(ours.keySet());

        assertEquals(platform, ours);
    }

    @Test
    void givesEveryNumberToOneConstant() {
        Set<Integer> numbers = new HashSet<>();

        Arrays.stream(Errno.values()).forEach(errno -> numbers.add(errno.number()));

        assertEquals(Errno.values().length, numbers.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 41, 58, 134, 4095, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void isUnknownWhereTheTableHasNoSuchNumber(int number) {
        assertEquals(Errno.UNKNOWN, Errno.of(number));
    }
}
