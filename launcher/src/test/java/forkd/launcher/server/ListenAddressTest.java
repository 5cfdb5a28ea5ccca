package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Sockets;
import forkd.posix.UnixAddr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:7000",
                "0.0.0.0:0",
                "127.0.0.1:65535",
                "[::1]:7000",
                "[::]:0",
                "[2001:db8::1]:80",
                "*:7000",
                "*:0",
                "unix:/run/x.sock",
                "unix:relative.sock",
                "unix:/with:colon",
                "unix:@abstract"
            })
    void anAddressIsPrintedAsItIsRead(String text) {
        assertEquals(text, ListenAddress.parse(text).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "[2001:DB8:0:0:0:0:0:1]:080, [2001:db8::1]:80",
        "[::ffff:192.0.2.1]:80, 192.0.2.1:80",
        "127.0.0.1:00080, 127.0.0.1:80"
    })
    void anAddressIsPrintedInItsShortForm(String text, String shortForm) {
        assertEquals(shortForm, ListenAddress.parse(text).toString());
    }

    @Test
    void aHostNameIsLookedUp() {
        ListenAddress address = ListenAddress.parse("localhost:7000");

        assertTrue(address.toString().matches("127\\.0\\.0\\.1:7000|\\[::1]:7000"), address.toString());
    }

    @Test
    void aStarIsIpv6ThatWelcomesIpv4() {
        ListenAddress address = ListenAddress.parse("*:7000");

        assertTrue(address.dualStack());
        assertEquals(Sockets.AF_INET6, address.address().family());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[::]:7000", "0.0.0.0:7000", "127.0.0.1:7000", "unix:/run/x.sock"})
    void onlyAStarIsForBoth(String text) {
        assertFalse(ListenAddress.parse(text).dualStack());
    }

    @Test
    void aUnixPathOf107BytesFits() {
        String path = "/" + "x".repeat(106);

        assertEquals(new UnixAddr(path), ListenAddress.parse("unix:" + path).address());
    }

    @Test
    void aUnixPathOf108BytesDoesNotFit() {
        String text = "unix:/" + "x".repeat(107);

        assertEquals(
                "bad address '" + text + "': a Unix socket's path has at most 107 bytes;"
                        + " expected HOST:PORT, [V6]:PORT, *:PORT, unix:PATH, fd:N or systemd[:NAME]",
                messageOf(text));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "7000, it has no port",
                "localhost, it has no port",
                "\"\", it has no port",
                ":7000, it has no host (use * for all)",
                "127.0.0.1:, '' is not a port",
                "127.0.0.1:http, 'http' is not a port",
                "127.0.0.1:-1, '-1' is not a port",
                "127.0.0.1:+1, '+1' is not a port",
                "127.0.0.1: 1, ' 1' is not a port",
                "127.0.0.1:٣, '٣' is not a port",
                "127.0.0.1:999999, '999999' is not a port",
                "127.0.0.1:65536, a port is at most 65535",
                "*:65536, a port is at most 65535",
                "::1:7000, an IPv6 address stands in brackets",
                "2001:db8::1:80, an IPv6 address stands in brackets",
                "[127.0.0.1]:80, only an IPv6 address stands in brackets",
                "[localhost]:80, only an IPv6 address stands in brackets",
                "[]:80, only an IPv6 address stands in brackets",
                "[::g]:80, the host '::g' is not known",
                "[::1:80, an IPv6 address stands in brackets",
                "no.such.host.invalid:80, the host 'no.such.host.invalid' is not known",
                "unix:, it has no path",
                "unix:@, it has no path"
            })
    void aBadAddressIsToldInOneLineThatNamesIt(String text, String why) {
        assertEquals(
                "bad address '" + text + "': " + why
                        + "; expected HOST:PORT, [V6]:PORT, *:PORT, unix:PATH, fd:N or systemd[:NAME]",
                messageOf(text));
    }

    private static String messageOf(String text) {
        return assertThrows(IllegalArgumentException.class, () -> ListenAddress.parse(text))
                .getMessage();
    }
}
