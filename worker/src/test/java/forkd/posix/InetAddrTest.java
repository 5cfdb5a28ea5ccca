package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InetAddrTest {

    @ParameterizedTest
    @CsvSource({
        "00000000 00000000 00000000 00000000, ::",
        "00000000 00000000 00000000 00000001, ::1",
        "00010000 00000000 00000000 00000000, 1::",
        "20010db8 00000000 00000000 00000001, 2001:db8::1",
        // RFC 5952, 4.1: no leading zeros
        "20010db8 0000000a 0bcd0efa 00010023, 2001:db8:0:a:bcd:efa:1:23",
        // 4.2.1: as short as possible
        "20010db8 00000000 00000000 00020001, 2001:db8::2:1",
        // 4.2.2: one group of zeros is not compressed
        "20010db8 00000001 00010001 00010001, 2001:db8:0:1:1:1:1:1",
        "00000001 00010001 00010001 00010001, 0:1:1:1:1:1:1:1",
        "00010001 00010001 00010001 00010000, 1:1:1:1:1:1:1:0",
        // 4.2.3: the longest run, and the first of equal ones
        "20010000 00000001 00000000 00000001, 2001:0:0:1::1",
        "20010db8 00000000 00010000 00000001, 2001:db8::1:0:0:1",
        "00000000 00010001 00010001 00000000, ::1:1:1:1:0:0",
        "00010001 00010001 00010001 00000000, 1:1:1:1:1:1::",
        "00000000 00010001 00010001 00010001, ::1:1:1:1:1:1",
        // 4.3: lower case
        "20010DB8 0000AAAA BBBBCCCC DDDDEEEF, 2001:db8:0:aaaa:bbbb:cccc:dddd:eeef",
        "ffffffff ffffffff ffffffff ffffffff, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
    })
    void anIpv6AddressIsWrittenAsRfc5952SaysIt(String hex, String text) {
        InetAddr address = InetAddr.of(bytes(hex), 7000);

        assertEquals(text, address.host());
        assertEquals("[" + text + "]:7000", address.toString());
        assertEquals(Sockets.AF_INET6, address.family());
    }

    @ParameterizedTest
    @CsvSource({"7f000001, 127.0.0.1", "00000000, 0.0.0.0", "ffffffff, 255.255.255.255", "c0000201, 192.0.2.1"})
    void anIpv4AddressIsWrittenInDots(String hex, String text) {
        InetAddr address = InetAddr.of(bytes(hex), 80);

        assertEquals(text, address.host());
        assertEquals(text + ":80", address.toString());
        assertEquals(Sockets.AF_INET, address.family());
    }

    @Test
    void anIpv4MappedAddressWithAScopeIsTheIpv4AddressToo() throws UnknownHostException {
        byte[] mapped = bytes("00000000 00000000 0000ffff 01020304");

        InetAddr address = new InetAddr(Inet6Address.getByAddress(null, mapped, 2), 80);

        assertEquals("1.2.3.4:80", address.toString());
        assertEquals(Sockets.AF_INET, address.family());
    }

    @ParameterizedTest
    @CsvSource({
        "00000000 00000000 00000000 01020304, ::102:304",
        "00000000 00000000 0001ffff 01020304, ::1:ffff:102:304",
        "00000001 00000000 0000ffff 01020304, 0:1::ffff:102:304",
        "0064ff9b 00000000 00000000 01020304, 64:ff9b::102:304"
    })
    void otherAddressesThatHoldAnIpv4AddressStayIpv6(String hex, String text) {
        assertEquals(text, InetAddr.of(bytes(hex), 80).host());
    }

    @Test
    void anIpv4MappedAddressIsTheIpv4Address() {
        InetAddr mapped = InetAddr.of(bytes("00000000 00000000 0000ffff c0000201"), 80);

        assertEquals(InetAddr.of(bytes("c0000201"), 80), mapped);
        assertEquals("192.0.2.1:80", mapped.toString());
    }

    @Test
    void aLinkLocalAddressShowsItsScope() throws UnknownHostException {
        InetAddr address = new InetAddr(scoped(3), 80);

        assertEquals("[fe80::1%3]:80", address.toString());
        assertEquals(3, address.scopeId());
    }

    @Test
    void anAddressWithoutAScopeHasScopeZero() throws UnknownHostException {
        assertEquals(0, new InetAddr(scoped(0), 80).scopeId());
        assertEquals(0, InetAddr.of(bytes("7f000001"), 80).scopeId());
    }

    @Test
    void aHostNameIsNotShown() throws UnknownHostException {
        InetAddress named = InetAddress.getByAddress("localhost.example", bytes("7f000001"));

        assertEquals("127.0.0.1:80", new InetAddr(named, 80).toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535})
    void aPortHasSixteenBits(int port) {
        assertEquals(port, InetAddr.of(bytes("7f000001"), port).port());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65_536, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void aPortOutOfRangeIsRefused(int port) {
        byte[] loopback = bytes("7f000001");

        assertThrows(IllegalArgumentException.class, () -> InetAddr.of(loopback, port));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 5, 15, 17})
    void anAddressOfAnotherLengthIsRefused(int length) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> InetAddr.of(new byte[length], 80));

        assertEquals("an address has 4 or 16 bytes, not " + length, e.getMessage());
    }

    private static Inet6Address scoped(int scope) throws UnknownHostException {
        return Inet6Address.getByAddress(null, bytes("fe800000 00000000 00000000 00000001"), scope);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
