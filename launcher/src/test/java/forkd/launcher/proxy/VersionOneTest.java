package forkd.launcher.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionOneTest {

    @ParameterizedTest
    @CsvSource({
        "TCP4 192.0.2.1 198.51.100.1 56324 443, 192.0.2.1:56324, 198.51.100.1:443",
        "TCP4 255.255.255.255 255.255.255.255 65535 65535, 255.255.255.255:65535, 255.255.255.255:65535",
        "TCP4 0.0.0.0 1.2.3.4 0 1, 0.0.0.0:0, 1.2.3.4:1",
        "TCP6 2001:db8::1 ::1 1024 25, [2001:db8::1]:1024, [::1]:25",
        "TCP6 2001:DB8:0:0:0:0:0:1 :: 1 2, [2001:db8::1]:1, [::]:2",
        "TCP6 ::ffff:192.0.2.1 ::ffff:c633:6401 1 2, 192.0.2.1:1, 198.51.100.1:2"
    })
    void aLineTellsBothEnds(String line, String source, String destination) throws ProxyHeaderException {
        ProxyHeader header = Headers.parse(Headers.line("PROXY " + line + "\r\n"));

        assertEquals(1, header.version());
        assertFalse(header.local());
        assertEquals(source, header.addresses().orElseThrow().source().toString());
        assertEquals(destination, header.addresses().orElseThrow().destination().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNKNOWN", "UNKNOWN ", "UNKNOWN 1 2 3", "UNKNOWN \u00ff\u0000 ::1"})
    void whatTheProxyDoesNotKnowIsNotTold(String line) throws ProxyHeaderException {
        assertEquals(
                new ProxyHeader(1, false, Optional.empty(), List.of()),
                Headers.parse(Headers.line("PROXY " + line + "\r\n")));
    }

    @Test
    void theLongestLineOfTheSpecificationIsTaken() throws ProxyHeaderException {
        String six = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
        byte[] line = Headers.line("PROXY UNKNOWN " + six + " " + six + " 65535 65535\r\n");

        assertEquals(107, line.length);
        assertEquals(1, Headers.parse(line).version());
    }

    @Test
    void aLongerLineIsRefused() {
        assertEquals("the line has no end within 107 bytes", refusal("PROXY UNKNOWN " + "x".repeat(92) + "\r\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "TCP4 1.2.3.4 1.2.3.4 1|the line has 5 fields, not 6",
                "TCP4 1.2.3.4 1.2.3.4 1 2 3|the line has 7 fields, not 6",
                "TCP4  1.2.3.4 1.2.3.4 1 2|the line has 7 fields, not 6",
                "TCP4|the line has 2 fields, not 6",
                "UNKNOWNX|the line has 2 fields, not 6",
                "UDP4 1.2.3.4 1.2.3.4 1 2|the protocol is not TCP4, TCP6 or UNKNOWN",
                "tcp4 1.2.3.4 1.2.3.4 1 2|the protocol is not TCP4, TCP6 or UNKNOWN",
                "TCP4 ::1 ::1 1 2|an address is not of the line's family",
                "TCP4 ::ffff:1.2.3.4 1.2.3.4 1 2|an address is not of the line's family",
                "TCP6 1.2.3.4 1.2.3.4 1 2|an address is not of the line's family",
                "TCP4 1.2.3.4 1.2.3.4 01 2|a port is no number from 0 to 65535",
                "TCP4 1.2.3.4 1.2.3.4 65536 2|a port is no number from 0 to 65535",
                "TCP4 1.2.3.4 1.2.3.4 -1 2|a port is no number from 0 to 65535",
                "TCP4 1.2.3.4 1.2.3.4 \"\" 2|a port is no number from 0 to 65535",
                "TCP4 1.2.3.4 1.2.3.4 1 \u00b2|a port is no number from 0 to 65535"
            })
    void whatDoesNotMatchExactlyIsRefused(String line, String why) {
        assertEquals(why, refusal("PROXY " + line.replace("\"\"", "") + "\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01.2.3.4",
                "1.2.3",
                "1.2.3.256",
                "1.2.3.4.5",
                "localhost",
                "",
                "1.2.3.4%1",
                "0x1.2.3.4",
                "1.2.3.-4"
            })
    void onlyCanonicalIpv4AddressesAreTaken(String address) {
        refusal("PROXY TCP4 " + address + " 1.2.3.4 1 2\r\n");
        refusal("PROXY TCP4 1.2.3.4 " + address + " 1 2\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1::2::3", "fe80::1%1", "[::1]", ":::", "1:2:3:4:5:6:7", "g::", "::1:", "12345::"})
    void onlyRealIpv6AddressesAreTaken(String address) {
        refusal("PROXY TCP6 " + address + " ::1 1 2\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\\n|the line ends without CR",
                "PROXY TCP4 1.2.3.4\\r 1.2.3.4 1 2\\r\\n|a CR without LF in the line",
                "PROXY \\r\\r\\n|a CR without LF in the line",
                "PROXY \\n|the line ends without CR"
            })
    void aLineEndsWithCrAndLf(String line, String why) {
        assertEquals(why, refusal(line.replace("\\r", "\r").replace("\\n", "\n")));
    }

    private static String refusal(String line) {
        return assertThrows(ProxyHeaderException.class, () -> Headers.parse(Headers.line(line)))
                .getMessage();
    }
}
