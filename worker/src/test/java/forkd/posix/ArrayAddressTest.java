package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ArrayAddressTest {
    @BeforeAll
    static void onlyWhereTheCodeIs() {
        assumeTrue(MachineCode.isSupported());
    }

    /** This JVM may move the array in between: then it is looked for once more. */
    @Test
    void theBytesAreThere() {
        byte[] array = "where am I?".getBytes(StandardCharsets.US_ASCII);
        byte[] found = new byte[array.length];
        long before;
        long after;
        do {
            before = ArrayAddress.of(array);
            Pointer.wrap(Native.RUNTIME, before, array.length).get(0, found, 0, found.length);
            after = ArrayAddress.of(array);
        } while (before != after);
        assertArrayEquals(array, found);
    }
}
