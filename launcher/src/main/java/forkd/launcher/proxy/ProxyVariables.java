package forkd.launcher.proxy;

import forkd.posix.SocketAddr;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a worker is told of its proxy: every TLV in hexadecimal under its number, those that the specification names as text
 * besides, where they are text, and what stands inside of the one of TLS.
 */
public final class ProxyVariables {
    private static final String PREFIX = "FORKD_PROXY_";
    private static final int SSL_BYTES = 5;

    private static final Map<Integer, String> TEXTS =
            Map.of(Tlv.ALPN, "ALPN", Tlv.AUTHORITY, "AUTHORITY", Tlv.UNIQUE_ID, "UNIQUE_ID", Tlv.NETNS, "NETNS");

    private static final Map<Integer, String> SSL_TEXTS = Map.of(
            0x21, "SSL_VERSION",
            0x22, "SSL_CN",
            0x23, "SSL_CIPHER",
            0x24, "SSL_SIG_ALG",
            0x25, "SSL_KEY_ALG",
            0x26, "SSL_GROUP",
            0x27, "SSL_SIG_SCHEME");

    private ProxyVariables() {}

    /**
     * Each as {@code NAME=value}.
     *
     * @param sender the proxy itself
     */
    public static List<String> of(ProxyHeader header, SocketAddr sender) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("VERSION", Integer.toString(header.version()));
        values.put("COMMAND", header.local() ? "LOCAL" : "PROXY");
        values.put("FROM", sender.toString());
        for (Tlv tlv : header.tlvs()) {
            if (tlv.type() == Tlv.NOOP || tlv.type() == Tlv.CRC32C) {
                continue; // padding, and what has been checked
            }
            if (tlv.type() == Tlv.SSL) {
                ssl(tlv, values);
                continue;
            }
            hex("TLV_", tlv, values);
            String name = TEXTS.get(tlv.type());
            if (name != null) {
                tlv.text().ifPresent(text -> values.putIfAbsent(name, text));
            }
        }
        List<String> variables = new ArrayList<>();
        values.forEach((name, value) -> variables.add(PREFIX + name + "=" + value));
        return variables;
    }

    /** Several of one type are all there, in their order. */
    private static void hex(String prefix, Tlv tlv, Map<String, String> values) {
        values.merge(String.format("%s%02X", prefix, tlv.type()), tlv.hex(), (first, next) -> first + "," + next);
    }

    private static void ssl(Tlv ssl, Map<String, String> values) {
        ByteBuffer fixed = ssl.bytes();
        values.putIfAbsent("SSL_FLAGS", Integer.toString(fixed.get() & 0xff));
        values.putIfAbsent("SSL_VERIFY", Integer.toUnsignedString(fixed.getInt()));
        try {
            for (Tlv inner : ssl.inner(SSL_BYTES)) {
                String name = SSL_TEXTS.get(inner.type());
                if (name != null && inner.text().isPresent() && !values.containsKey(name)) {
                    values.put(name, inner.text().get());
                } else {
                    hex("SSL_TLV_", inner, values);
                }
            }
        } catch (ProxyHeaderException e) {
            throw new IllegalStateException("the header was checked when it was read", e);
        }
    }
}
