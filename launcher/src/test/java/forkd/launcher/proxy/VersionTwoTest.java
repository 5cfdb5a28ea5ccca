package forkd.launcher.proxy;

import static forkd.launcher.proxy.Headers.LOCAL;
import static forkd.launcher.proxy.Headers.PROXY;
import static forkd.launcher.proxy.Headers.TCP4;
import static forkd.launcher.proxy.Headers.header;
import static forkd.launcher.proxy.Headers.hex;
import static forkd.launcher.proxy.Headers.join;
import static forkd.launcher.proxy.Headers.line;
import static forkd.launcher.proxy.Headers.parse;
import static forkd.launcher.proxy.Headers.summed;
import static forkd.launcher.proxy.Headers.tlv;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTwoTest {
    private static final byte[] NO_SUM = tlv(0x03, new byte[4]);

    @ParameterizedTest
    @ValueSource(ints = {0x11, 0x12})
    void ipv4(int family) throws ProxyHeaderException {
        ProxyHeader.Addresses addresses =
                parse(header(PROXY, family, TCP4)).addresses().orElseThrow();

        assertEquals("192.0.2.1:56324", addresses.source().toString());
        assertEquals("198.51.100.1:443", addresses.destination().toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {0x21, 0x22})
    void ipv6(int family) throws ProxyHeaderException {
        byte[] body = hex("20010db8000000000000000000000001 00000000000000000000000000000001 ffff 0019");

        ProxyHeader.Addresses addresses =
                parse(header(PROXY, family, body)).addresses().orElseThrow();

        assertEquals("[2001:db8::1]:65535", addresses.source().toString());
        assertEquals("[::1]:25", addresses.destination().toString());
    }

    @Test
    void anIpv4MappedAddressIsTheIpv4Address() throws ProxyHeaderException {
        byte[] body = hex("00000000000000000000ffffc0000201 00000000000000000000ffffc6336401 0001 0002");

        ProxyHeader.Addresses addresses =
                parse(header(PROXY, 0x21, body)).addresses().orElseThrow();

        assertEquals("192.0.2.1:1", addresses.source().toString());
        assertEquals("198.51.100.1:2", addresses.destination().toString());
    }

    @Test
    void unixSocketsByPathAbstractAndWithoutAName() throws ProxyHeaderException {
        assertEquals("unix:/run/a", unix("/run/a").source().toString());
        assertEquals("unix:@a", unix("\0a").source().toString());
        assertEquals("unix", unix("").source().toString());
        assertEquals("unix:./@a", unix("@a").source().toString(), "a path, and no abstract name");
        assertEquals("unix:" + "x".repeat(108), unix("x".repeat(108)).source().toString());
        assertEquals("unix:/run/b", unix("/run/a").destination().toString());
    }

    private static ProxyHeader.Addresses unix(String source) throws ProxyHeaderException {
        byte[] body = join(Arrays.copyOf(line(source), 108), Arrays.copyOf(line("/run/b"), 108));
        return parse(header(PROXY, 0x31, body)).addresses().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x01, 0x10, 0x11, 0x31, 0x4f, 0xff})
    void aHealthCheckHasItsOwnAddressesWhateverTheFamilySays(int family) throws ProxyHeaderException {
        ProxyHeader header = parse(header(LOCAL, family));

        assertTrue(header.local());
        assertEquals(Optional.empty(), header.addresses());
    }

    @Test
    void whatAHealthCheckCarriesIsSkipped() throws ProxyHeaderException {
        assertEquals(List.of(), parse(header(LOCAL, 0x11, TCP4)).tlvs());
        assertEquals(List.of(), parse(header(LOCAL, 0x00, hex("ffffff"))).tlvs());
        assertEquals(1, parse(summed(header(LOCAL, 0x00, NO_SUM))).tlvs().size());
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x01, 0x02, 0x10, 0x20, 0x30})
    void whereTheProxyDoesNotKnowTheConnectionsOwnAddressesAreMeant(int family) throws ProxyHeaderException {
        assertEquals(
                new ProxyHeader(2, false, Optional.empty(), List.of()), parse(header(PROXY, family, hex("ff0102"))));
    }

    @Test
    void tlvsAreKept() throws ProxyHeaderException {
        byte[] bytes =
                header(PROXY, 0x11, TCP4, tlv(0x02, "example.com"), tlv(0x04, new byte[7]), tlv(0xea, hex("00ff")));

        assertEquals(
                "[02=6578616d706c652e636f6d, 04=00000000000000, ea=00ff]",
                parse(bytes).tlvs().toString());
    }

    @Test
    void aRightSumIsTakenWhereverItStands() throws ProxyHeaderException {
        parse(summed(header(PROXY, 0x11, TCP4, NO_SUM)));
        parse(summed(header(PROXY, 0x11, TCP4, tlv(0x05, "id"), NO_SUM)));
        // Another implementation of the sum than the class library's.
        parse(hex("0d0a0d0a000d0a515549540a 2000 0007 03 0004 " + sumOfEmptyLocal()));
    }

    /** Bit by bit, as the specification of the polynomial has it. */
    private static String sumOfEmptyLocal() {
        int crc = -1;
        for (byte b : hex("0d0a0d0a000d0a515549540a 2000 0007 03 0004 00000000")) {
            crc ^= b & 0xff;
            for (int i = 0; i < 8; i++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
            }
        }
        return String.format("%08x", ~crc);
    }

    @Test
    void anyFlippedBitOfASummedHeaderIsFound() {
        byte[] good = summed(header(PROXY, 0x11, TCP4, tlv(0x05, "id"), NO_SUM));
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            int flipped = bit;
            if (flipped / 8 == 14 || flipped / 8 == 15) {
                continue; // a bit of the length changes where the header ends
            }
            try {
                ProxyHeader header = parse(bad);
                // Where the type of the sum's TLV is another there is no sum, and a health check's block is not looked
                // at.
                assertTrue(
                        header.local()
                                || header.addresses().isEmpty()
                                || header.tlvs().stream().noneMatch(tlv -> tlv.type() == Tlv.CRC32C),
                        "bit " + flipped);
            } catch (ProxyHeaderException e) {
                assertTrue(!e.getMessage().isEmpty());
            }
        }
    }

    @Test
    void whatIsWrongIsNamed() {
        assertEquals("the checksum is wrong", refusal(header(PROXY, 0x11, TCP4, NO_SUM)));
        assertEquals("the checksum has 3 bytes, not 4", refusal(header(PROXY, 0x11, TCP4, tlv(3, new byte[3]))));
        assertEquals("the checksum has 5 bytes, not 4", refusal(header(PROXY, 0x11, TCP4, tlv(3, new byte[5]))));
        assertEquals("version 1 is not known", refusal(header(0x11, 0x11, TCP4)));
        assertEquals("version 15 is not known", refusal(header(0xf1, 0x11, TCP4)));
        assertEquals("command 2 is not known", refusal(header(0x22, 0x11, TCP4)));
        assertEquals("address family 4 is not known", refusal(header(PROXY, 0x41, TCP4)));
        assertEquals("transport protocol 3 is not known", refusal(header(PROXY, 0x13, TCP4)));
        assertEquals("the addresses need 12 bytes, and there are 0", refusal(header(PROXY, 0x11)));
        assertEquals(
                "the addresses need 12 bytes, and there are 11", refusal(header(PROXY, 0x11, Arrays.copyOf(TCP4, 11))));
        assertEquals("the addresses need 36 bytes, and there are 12", refusal(header(PROXY, 0x21, TCP4)));
        assertEquals("the addresses need 216 bytes, and there are 12", refusal(header(PROXY, 0x31, TCP4)));
        assertEquals("a TLV is cut off at byte 28", refusal(header(PROXY, 0x11, TCP4, hex("05"))));
        assertEquals("a TLV is cut off at byte 28", refusal(header(PROXY, 0x11, TCP4, hex("0500"))));
        assertEquals(
                "TLV 0x05 of 1 bytes is longer than the header", refusal(header(PROXY, 0x11, TCP4, hex("050001"))));
        assertEquals(
                "TLV 0xff of 65535 bytes is longer than the header",
                refusal(header(PROXY, 0x11, TCP4, hex("ffffff00"))));
        assertEquals(
                "the unique id has 129 bytes, more than 128",
                refusal(header(PROXY, 0x11, TCP4, tlv(5, new byte[129]))));
        assertEquals(
                "the TLV of TLS has 4 bytes, less than 5", refusal(header(PROXY, 0x11, TCP4, tlv(0x20, new byte[4]))));
        assertEquals("a TLV is cut off at byte 5", refusal(header(PROXY, 0x11, TCP4, tlv(0x20, hex("0100000000 21")))));
        assertEquals(
                "the header has 4097 bytes; at most 4096 are taken",
                refusal(header(PROXY, 0x11, TCP4, tlv(4, new byte[4097 - 16 - 12 - 3]))));
    }

    @Test
    void theLargestHeaderIsTaken() throws ProxyHeaderException {
        assertEquals(
                1,
                parse(header(PROXY, 0x11, TCP4, tlv(4, new byte[4096 - 16 - 12 - 3])))
                        .tlvs()
                        .size());
    }

    @Test
    void twoSumsAreOneTooMany() {
        byte[] two = header(PROXY, 0x11, TCP4, NO_SUM, NO_SUM);
        CRC32C sum = new CRC32C();
        sum.update(two);
        ByteBuffer.wrap(two).putInt(two.length - 4 - 7, (int) sum.getValue()); // the first one is right

        assertEquals("two checksums", refusal(two));
    }

    private static String refusal(byte[] bytes) {
        return assertThrows(ProxyHeaderException.class, () -> parse(bytes)).getMessage();
    }
}
