package forkd.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.stream.Stream;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SockaddrTest {
    private final Pointer memory = Native.allocate(Sockaddr.MAX_BYTES);

    static Stream<SocketAddr> addresses() throws UnknownHostException {
        byte[] linkLocal = InetAddress.getByName("fe80::1234").getAddress();
        return Stream.of(
                address("127.0.0.1", 80),
                address("255.254.253.252", 65_535),
                address("0.0.0.0", 0),
                address("::", 7000),
                address("2001:db8::ff", 65_280),
                new InetAddr(Inet6Address.getByAddress(null, linkLocal, 7), 443),
                new UnixAddr("/run/x.sock"),
                new UnixAddr("relative"),
                new UnixAddr("/run/日本.sock"),
                new UnixAddr("/" + "x".repeat(106)),
                new UnixAddr("@forkd"),
                new UnixAddr("@" + "x".repeat(106)));
    }

    @ParameterizedTest
    @MethodSource("addresses")
    void anAddressSurvivesTheWayThroughMemory(SocketAddr address) {
        int length = Sockaddr.encode(address, memory);

        assertEquals(address, Sockaddr.decode(memory, length));
    }

    @ParameterizedTest
    @MethodSource("addresses")
    void encodingLeavesNothingOfAnEarlierAddress(SocketAddr address) {
        Pointer dirty = Native.allocate(Sockaddr.MAX_BYTES);
        dirty.setMemory(0, Sockaddr.MAX_BYTES, (byte) 0xff);

        Sockaddr.encode(address, memory);
        Sockaddr.encode(address, dirty);

        assertArrayEquals(bytes(memory, Sockaddr.MAX_BYTES), bytes(dirty, Sockaddr.MAX_BYTES));
    }

    @Test
    void anIpv4AddressIsASockaddrIn() {
        int length = Sockaddr.encode(address("127.0.0.1", 0x1b58), memory);

        assertEquals("0200" + "1b58" + "7f000001" + "0000000000000000", hex(length));
    }

    @Test
    void anIpv6AddressIsASockaddrIn6() throws UnknownHostException {
        byte[] linkLocal = InetAddress.getByName("fe80::1").getAddress();

        int length = Sockaddr.encode(new InetAddr(Inet6Address.getByAddress(null, linkLocal, 2), 80), memory);

        assertEquals("0a00" + "0050" + "00000000" + "fe800000000000000000000000000001" + "02000000", hex(length));
    }

    @Test
    void aPathEndsWithNul() {
        int length = Sockaddr.encode(new UnixAddr("/x"), memory);

        assertEquals("0100" + "2f78" + "00", hex(length));
    }

    @Test
    void anAbstractNameBeginsWithNulAndHasNoEnd() {
        int length = Sockaddr.encode(new UnixAddr("@x"), memory);

        assertEquals("0100" + "0078", hex(length));
    }

    @Test
    void aPathOf107BytesFillsSunPath() {
        assertEquals(2 + 108, Sockaddr.encode(new UnixAddr("/" + "x".repeat(106)), memory));
    }

    @Test
    void aPathOf108BytesIsRefused() {
        UnixAddr address = new UnixAddr("/" + "x".repeat(107));

        assertThrows(IllegalArgumentException.class, () -> Sockaddr.encode(address, memory));
    }

    @Test
    void aNameWithANulIsRefused() {
        UnixAddr address = new UnixAddr("/x\0y");

        assertThrows(IllegalArgumentException.class, () -> Sockaddr.encode(address, memory));
    }

    @Test
    void whatTheKernelSaysOfAnUnboundSocketIsUnnamed() {
        memory.putShort(0, (short) Sockets.AF_UNIX);

        assertEquals(UnixAddr.UNNAMED, Sockaddr.decode(memory, 2));
    }

    @Test
    void anAddressOfNoBytesIsUnnamed() {
        assertEquals(UnixAddr.UNNAMED, Sockaddr.decode(memory, 0));
    }

    @Test
    void aPathThatFillsSunPathNeedsNoNul() {
        byte[] path = "x".repeat(108).getBytes(US_ASCII);
        memory.putShort(0, (short) Sockets.AF_UNIX);
        memory.put(2, path, 0, path.length);

        assertEquals(new UnixAddr("x".repeat(108)), Sockaddr.decode(memory, 2 + path.length));
    }

    @Test
    void anUnknownFamilyIsRefused() {
        memory.putShort(0, (short) 16);

        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Sockaddr.decode(memory, Sockaddr.MAX_BYTES));

        assertEquals("a socket of address family 16", e.getMessage());
    }

    private static InetAddr address(String host, int port) {
        try {
            return new InetAddr(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(host, e);
        }
    }

    private String hex(int length) {
        return HexFormat.of().formatHex(bytes(memory, length));
    }

    private static byte[] bytes(Pointer from, int length) {
        byte[] bytes = new byte[length];
        from.get(0, bytes, 0, length);
        return bytes;
    }
}
