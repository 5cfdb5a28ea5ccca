package forkd.launcher.access;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    private static final int TRIES = 20_000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0/0",
                "10.0.0.0/8",
                "192.0.2.128/25",
                "192.0.2.1",
                "255.255.255.255",
                "::/0",
                "::/1",
                "2001:db8::/32",
                "2001:db8:0:1::/64",
                "2001:db8:0:0:8000::/65",
                "::1",
                "fe80::/10"
            })
    void aBlockIsPrintedAsItIsRead(String text) {
        assertEquals(text, Cidr.parse(text).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1/32, 192.0.2.1",
        "::1/128, ::1",
        "2001:DB8:0:0::/32, 2001:db8::/32",
        "::ffff:192.0.2.1, 192.0.2.1",
        "::ffff:10.0.0.0/104, 10.0.0.0/8",
        "::ffff:0:0/96, 0.0.0.0/0",
        "0:0:0:0:0:ffff:c000:0201, 192.0.2.1",
        "64:ff9b::192.0.2.0/120, 64:ff9b::c000:200/120",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0"
    })
    void aBlockIsPrintedInItsShortForm(String text, String shortForm) {
        assertEquals(shortForm, Cidr.parse(text).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, true",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 9.255.255.255, false",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "10.0.0.0/8, ::10.1.2.3, false",
        "10.0.0.0/8, a00::, false",
        "0.0.0.0/0, 255.1.2.3, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 1.2.3.4, false",
        "::/0, ffff::, true",
        "::ffff:0:0/96, 1.2.3.4, true",
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.0, false",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::, false",
        "2001:db8::/65, 2001:db8::7fff:0:0:1, true",
        "2001:db8::/65, 2001:db8::8000:0:0:0, false",
        "2001:db8::1, 2001:db8::2, false"
    })
    void aBlockContainsTheAddressesWithItsPrefix(String block, String address, boolean expected) {
        assertEquals(expected, Cidr.parse(block).contains(IpLiteral.raw(address)));
        assertEquals(expected, Cidr.parse(block).contains(IpLiteral.parse(address)));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "\"\", an IPv4 address has four numbers",
                "\"localhost\", an IPv4 address has four numbers",
                "127.1, an IPv4 address has four numbers",
                "2130706433, an IPv4 address has four numbers",
                "1.2.3.4.5, an IPv4 address has four numbers",
                "1.2.3., '' is not a number from 0 to 255",
                "1.2.3.256, '256' is not a number from 0 to 255",
                "1.2.3.-4, '-4' is not a number from 0 to 255",
                "1.2.3.٤, '٤' is not a number from 0 to 255",
                "0x7f.0.0.1, '0x7f' is not a number from 0 to 255",
                "010.0.0.0/8, '010' begins with 0",
                "10.0.0.0/08, '08' begins with 0",
                "10.0.0.0/, '' is not a number from 0 to 32",
                "10.0.0.0/33, '33' is not a number from 0 to 32",
                "10.0.0.0/8/8, '8/8' is not a number from 0 to 32",
                "10.0.0.0/255.0.0.0, a netmask stands behind the slash",
                "2001:db8::/129, '129' is not a number from 0 to 128",
                "2001:db8, an IPv6 address has eight groups",
                "1:2:3:4:5:6:7:8:9, an IPv6 address has eight groups",
                "1:2:3:4:5:6:7::8, :: stands for at least one group",
                "1::2::3, :: stands at most once",
                ":::, :: stands at most once",
                ":1::, '' is not a group",
                "1::2:, '' is not a group",
                "::g, 'g' is not a group",
                "::12345, '12345' is not a group",
                "::1.2.3, an IPv4 address has four numbers",
                "1.2.3.4::, '1.2.3.4' is not a group",
                "fe80::1%eth0, a zone",
                "[::1], '[' is not a group",
                "::ffff:0:0/90, a block of ::ffff:... is one of IPv4",
                "10.1.0.0/8, write 10.0.0.0/8 for the block or 10.1.0.0 for the one address",
                "2001:db8::1/32, write 2001:db8::/32 for the block or 2001:db8::1 for the one address",
                "::ffff:10.1.0.0/104, write 10.0.0.0/8 for the block or 10.1.0.0 for the one address"
            })
    void aBadBlockIsToldInOneLine(String text, String why) {
        String message = messageOf(text);

        assertTrue(message.startsWith("bad address '"), message);
        assertTrue(message.contains(why), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void whatCannotBePrintedIsNotInTheMessage() {
        assertEquals(
                "bad address '1.2.3.4?': '4?' is not a number from 0 to 255",
                messageOf("1.2.3.4\n"),
                "one line, whatever was given");
        assertTrue(messageOf("x".repeat(100_000)).length() < 200);
    }

    @Test
    void aBlockAroundAnAddressContainsIt() {
        assertEquals(Cidr.parse("10.1.2.0/24"), Cidr.around(new byte[] {10, 1, 2, 3}, 24));
        assertEquals(Cidr.parse("10.1.2.0/24"), Cidr.around(IpLiteral.raw("::ffff:10.1.2.3"), 24));
        assertEquals(Cidr.parse("2001:db8::/64"), Cidr.around(IpLiteral.raw("2001:db8::1"), 64));
    }

    @Test
    void everyBlockIsReadAsItIsPrinted() {
        Random random = new Random(1);
        for (int i = 0; i < TRIES; i++) {
            Cidr block = anyBlock(random);

            assertEquals(block, Cidr.parse(block.toString()));
        }
    }

    @Test
    void aBlockContainsExactlyWhatSharesItsFirstBits() {
        Random random = new Random(2);
        for (int i = 0; i < TRIES; i++) {
            byte[] inside = anyAddress(random);
            int prefix = random.nextInt(inside.length * Byte.SIZE + 1);
            Cidr block = Cidr.around(inside, prefix);
            byte[] other = inside.clone();
            int bit = random.nextInt(inside.length * Byte.SIZE);
            other[bit / Byte.SIZE] ^= (byte) (0x80 >> bit % Byte.SIZE);

            assertTrue(block.contains(inside));
            if (!IpLiteral.isMapped(other)) {
                assertEquals(bit >= prefix, block.contains(other), () -> block + " and bit " + bit);
            }
        }
    }

    @Test
    void anIpv4PeerAndItsMappedFormAreOne() {
        Random random = new Random(3);
        for (int i = 0; i < TRIES; i++) {
            byte[] four = new byte[4];
            random.nextBytes(four);
            byte[] mapped = new byte[16];
            mapped[10] = mapped[11] = -1;
            System.arraycopy(four, 0, mapped, 12, 4);
            Cidr block = anyBlock(random);

            assertEquals(block.contains(four), block.contains(mapped));
            assertFalse(block.six() && block.contains(mapped));
        }
    }

    /** The JDK reads more forms than we do; what we do read it must read the same way. */
    @Test
    void anAddressHasTheBytesThatTheJdkReads() throws UnknownHostException {
        Random random = new Random(4);
        int read = 0;
        for (int i = 0; i < TRIES; i++) {
            String text = anyText(random);
            byte[] ours;
            try {
                ours = IpLiteral.parse(text);
            } catch (IllegalArgumentException e) {
                assertEquals(1, e.getMessage().lines().count());
                continue;
            }
            read++;
            assertArrayEquals(InetAddress.getByName(text).getAddress(), ours, text);
        }
        assertTrue(read > TRIES / 20, "only " + read + " were addresses");
    }

    private static String anyText(Random random) {
        String alphabet = "0123456789abcdefF:::...";
        StringBuilder text = new StringBuilder();
        if (random.nextInt(4) == 0) {
            int groups = 1 + random.nextInt(8);
            for (int i = 0; i < groups; i++) {
                text.append(Integer.toHexString(random.nextInt(0x10000))).append(i == groups - 1 ? "" : ":");
            }
            return groups < 8 ? text + "::" : text.toString();
        }
        if (random.nextInt(3) == 0) {
            for (int i = 0; i < 4; i++) {
                text.append(random.nextInt(260)).append(i == 3 ? "" : ".");
            }
            return random.nextBoolean() ? "::ffff:" + text : text.toString();
        }
        int length = random.nextInt(20);
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private static Cidr anyBlock(Random random) {
        byte[] address = anyAddress(random);
        return Cidr.around(address, random.nextInt(address.length * Byte.SIZE + 1));
    }

    private static byte[] anyAddress(Random random) {
        byte[] address = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(address);
        return address;
    }

    private static String messageOf(String text) {
        return assertThrows(IllegalArgumentException.class, () -> Cidr.parse(text))
                .getMessage();
    }
}
