package forkd.launcher.proxy;

import forkd.posix.UnixAddr;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * What a fuzzer drives: the first byte says in what pieces the others come. Jazzer finds the method by its name; nothing of
 * Jazzer is needed to compile or to replay it.
 */
public final class ProxyHeaderFuzz {
    private static final Pattern VARIABLE = Pattern.compile("FORKD_PROXY_[A-Z0-9_]+=[^\\p{Cntrl}]*");

    private ProxyHeaderFuzz() {}

    /** Any input is read or refused, the same in whatever pieces it comes. Everything else is a finding. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(data, 1, data.length);
        int piece = 1 + (data[0] & 0x7f);
        String atOnce = read(bytes, Integer.MAX_VALUE);
        String inPieces = read(bytes, piece);
        if (!atOnce.equals(inPieces)) {
            throw new AssertionError("at once " + atOnce + ", in pieces of " + piece + " " + inPieces);
        }
    }

    private static String read(byte[] bytes, int piece) {
        HeaderBuffer buffer = new HeaderBuffer();
        try {
            int at = 0;
            while (at < bytes.length && !buffer.isComplete()) {
                int wanted = Math.min(piece, Math.min(buffer.room(), bytes.length - at));
                byte[] next = Arrays.copyOfRange(bytes, at, at + wanted);
                int taken = buffer.measure(next, wanted);
                if (taken < 1 || taken > wanted) {
                    throw new AssertionError("takes " + taken + " of " + wanted);
                }
                buffer.append(next, taken);
                at += taken;
            }
            if (!buffer.isComplete()) {
                return "incomplete";
            }
            ProxyHeader header = buffer.header();
            check(header);
            return buffer.size() + " " + header;
        } catch (ProxyHeaderException e) {
            if (!e.getMessage().chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
                throw new AssertionError("a message that is not for a log: " + e.getMessage());
            }
            return "refused";
        }
    }

    private static void check(ProxyHeader header) {
        if (header.local() && header.addresses().isPresent()) {
            throw new AssertionError("a health check has addresses");
        }
        for (String variable : ProxyVariables.of(header, UnixAddr.UNNAMED)) {
            if (!VARIABLE.matcher(variable).matches()) {
                throw new AssertionError("no variable: " + variable);
            }
        }
    }
}
