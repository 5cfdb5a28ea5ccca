package forkd.launcher.access;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An IPv4 or IPv6 address as people write it, strictly: four decimal numbers, or the groups of RFC 4291. A host name is an
 * error and never a question to DNS, and so are the short and the octal forms of inet_aton(3), which two programs read as two
 * addresses.
 */
public final class IpLiteral {
    static final int IPV4_BYTES = 4;
    static final int IPV6_BYTES = 16;

    /** How many leading bytes of an IPv6 address say that it is an IPv4 one: ::ffff:0:0/96. */
    static final int MAPPED_BYTES = 12;

    private static final int GROUPS = 8;
    private static final int MAX_SHOWN = 60;

    private IpLiteral() {}

    /**
     * The 4 or 16 bytes of an address, in network order; {@code ::ffff:1.2.3.4} is 1.2.3.4.
     *
     * @throws IllegalArgumentException with one line that says what is wrong
     */
    public static byte[] parse(String text) {
        return unmapped(raw(text));
    }

    /** The IPv4 address in an IPv4-mapped one, and every other address itself. */
    public static byte[] unmapped(byte[] address) {
        return isMapped(address) ? Arrays.copyOfRange(address, MAPPED_BYTES, IPV6_BYTES) : address;
    }

    static boolean isMapped(byte[] address) {
        if (address.length != IPV6_BYTES || address[10] != -1 || address[11] != -1) {
            return false;
        }
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** The bytes as they were written: a mapped address has 16. */
    static byte[] raw(String text) {
        if (text.indexOf('%') >= 0) {
            throw invalid(text, "a zone (%...) names an interface of this machine and is no part of an address");
        }
        return text.indexOf(':') >= 0 ? six(text) : four(text, text);
    }

    private static byte[] four(String part, String whole) {
        String[] numbers = part.split("\\.", -1);
        if (numbers.length != IPV4_BYTES) {
            throw invalid(whole, "an IPv4 address has four numbers, as in 192.0.2.1");
        }
        byte[] bytes = new byte[IPV4_BYTES];
        for (int i = 0; i < IPV4_BYTES; i++) {
            bytes[i] = (byte) decimal(numbers[i], 0xff, whole);
        }
        return bytes;
    }

    /** A plain number without sign, leading zeros or digits of other scripts. */
    static int decimal(String digits, int maximum, String whole) {
        if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw invalid(whole, "'" + shown(digits) + "' is not a number from 0 to " + maximum);
        }
        if (digits.length() > 1 && digits.charAt(0) == '0') {
            throw invalid(whole, "'" + digits + "' begins with 0, which some programs read as octal; write it without");
        }
        int number = Integer.parseInt(digits);
        if (number > maximum) {
            throw invalid(whole, "'" + digits + "' is not a number from 0 to " + maximum);
        }
        return number;
    }

    private static byte[] six(String text) {
        int gap = text.indexOf("::");
        List<Integer> groups;
        if (gap < 0) {
            groups = groups(text, text, true);
            if (groups.size() != GROUPS) {
                throw invalid(text, "an IPv6 address has eight groups, or :: for those that are zero");
            }
        } else {
            String behind = text.substring(gap + 2);
            if (text.indexOf("::", gap + 1) >= 0) {
                throw invalid(text, ":: stands at most once");
            }
            groups = groups(text.substring(0, gap), text, false);
            List<Integer> tail = groups(behind, text, true);
            if (groups.size() + tail.size() >= GROUPS) {
                throw invalid(text, ":: stands for at least one group, and here are eight already");
            }
            while (groups.size() + tail.size() < GROUPS) {
                groups.add(0);
            }
            groups.addAll(tail);
        }
        byte[] bytes = new byte[IPV6_BYTES];
        for (int i = 0; i < GROUPS; i++) {
            bytes[2 * i] = (byte) (groups.get(i) >> 8);
            bytes[2 * i + 1] = (byte) (int) groups.get(i);
        }
        return bytes;
    }

    private static List<Integer> groups(String part, String whole, boolean isEnd) {
        List<Integer> groups = new ArrayList<>();
        if (part.isEmpty()) {
            return groups;
        }
        String[] texts = part.split(":", -1);
        for (int i = 0; i < texts.length; i++) {
            if (isEnd && i == texts.length - 1 && texts[i].indexOf('.') >= 0) {
                byte[] end = four(texts[i], whole);
                groups.add(((end[0] & 0xff) << 8) | (end[1] & 0xff));
                groups.add(((end[2] & 0xff) << 8) | (end[3] & 0xff));
            } else {
                groups.add(hex(texts[i], whole));
            }
        }
        return groups;
    }

    private static int hex(String digits, String whole) {
        if (digits.isEmpty() || digits.length() > 4 || !digits.chars().allMatch(IpLiteral::isHex)) {
            throw invalid(whole, "'" + shown(digits) + "' is not a group of one to four hexadecimal digits");
        }
        return Integer.parseInt(digits, 16);
    }

    private static boolean isHex(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }

    static IllegalArgumentException invalid(String text, String why) {
        return new IllegalArgumentException("bad address '" + shown(text) + "': " + why);
    }

    /** A user's text in a message of one line: without control characters, and not longer than a line. */
    static String shown(String text) {
        String plain = text.replaceAll("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]", "?");
        return plain.length() <= MAX_SHOWN ? plain : plain.substring(0, MAX_SHOWN) + "...";
    }
}
