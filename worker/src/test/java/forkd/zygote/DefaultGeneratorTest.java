package forkd.zygote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of the kernel's generator. */
class DefaultGeneratorTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:/dev/urandom",
                "file:/dev/./urandom",
                "file:///dev/urandom",
                "file:/dev/../dev/urandom",
                "file:/proc/self/root/dev/urandom"
            })
    void oneDeviceHasManyNames(String name) {
        assertEquals(Optional.of("file:/dev/urandom"), DefaultGenerator.plain(name));
    }

    @Test
    void randomIsAnother() {
        assertEquals(Optional.of("file:/dev/random"), DefaultGenerator.plain("file:/dev/./random"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "null", "file:/dev/zero", "file:urandom", "http://localhost/dev/urandom", "file: /x", "a b"})
    void whateverElseItIsStays(String name) {
        assertEquals(Optional.empty(), DefaultGenerator.plain(name));
    }
}
