package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class UnixAddrTest {

    @Test
    void aPathIsAFile() {
        UnixAddr address = new UnixAddr("/run/x.sock");

        assertTrue(address.isPath());
        assertFalse(address.isAbstract());
        assertEquals("unix:/run/x.sock", address.toString());
    }

    @Test
    void anAtSignMakesAnAbstractName() {
        UnixAddr address = new UnixAddr("@forkd");

        assertTrue(address.isAbstract());
        assertFalse(address.isPath());
        assertEquals("unix:@forkd", address.toString());
    }

    @Test
    void anUnnamedAddressIsNeitherPathNorAbstract() {
        assertFalse(UnixAddr.UNNAMED.isPath());
        assertFalse(UnixAddr.UNNAMED.isAbstract());
        assertEquals("unix", UnixAddr.UNNAMED.toString());
    }

    @Test
    void aStrangersControlCharactersArePrintedEscaped() {
        assertEquals("unix:@a\\x0ab\\x00c\\x5cd", new UnixAddr("@a\nb\0c\\d").toString());
    }

    @Test
    void belongsToTheUnixFamily() {
        assertEquals(Sockets.AF_UNIX, new UnixAddr("/x").family());
    }

    @Test
    void aPathOf107BytesFits() {
        assertTrue(new UnixAddr("/" + "x".repeat(106)).isBindable());
    }

    @Test
    void aPathOf108BytesDoesNotFit() {
        assertFalse(new UnixAddr("/" + "x".repeat(107)).isBindable());
    }

    @Test
    void bytesAreCountedAndNotCharacters() {
        assertTrue(new UnixAddr("/" + "é".repeat(53)).isBindable());
        assertFalse(new UnixAddr("/" + "é".repeat(54)).isBindable());
    }

    @Test
    void aNameWithANulDoesNotFit() {
        assertFalse(new UnixAddr("/run/\0x").isBindable());
    }
}
