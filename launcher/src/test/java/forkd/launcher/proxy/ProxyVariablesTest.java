package forkd.launcher.proxy;

import static forkd.launcher.proxy.Headers.PROXY;
import static forkd.launcher.proxy.Headers.TCP4;
import static forkd.launcher.proxy.Headers.header;
import static forkd.launcher.proxy.Headers.hex;
import static forkd.launcher.proxy.Headers.join;
import static forkd.launcher.proxy.Headers.tlv;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.launcher.access.Cidr;
import forkd.posix.InetAddr;
import forkd.posix.UnixAddr;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProxyVariablesTest {
    private static final InetAddr PROXY_ITSELF = InetAddr.of(new byte[] {10, 0, 0, 1}, 4711);

    @Test
    void theProxyIsNamed() throws ProxyHeaderException {
        assertEquals(
                List.of("FORKD_PROXY_VERSION=1", "FORKD_PROXY_COMMAND=PROXY", "FORKD_PROXY_FROM=10.0.0.1:4711"),
                of(Headers.line("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n")));
        assertEquals(
                List.of("FORKD_PROXY_VERSION=2", "FORKD_PROXY_COMMAND=LOCAL", "FORKD_PROXY_FROM=10.0.0.1:4711"),
                of(header(Headers.LOCAL, 0)));
    }

    @Test
    void everyTlvIsThereInHexAndTheKnownOnesAsText() throws ProxyHeaderException {
        assertEquals(
                List.of(
                        "FORKD_PROXY_TLV_01=6832",
                        "FORKD_PROXY_ALPN=h2",
                        "FORKD_PROXY_TLV_02=62c3bc636865722e6578616d706c65",
                        "FORKD_PROXY_AUTHORITY=bücher.example",
                        "FORKD_PROXY_TLV_05=69642d31",
                        "FORKD_PROXY_UNIQUE_ID=id-1",
                        "FORKD_PROXY_TLV_30=6e73",
                        "FORKD_PROXY_NETNS=ns",
                        "FORKD_PROXY_TLV_EA=0176,02"),
                more(
                        tlv(1, "h2"),
                        tlv(2, "bücher.example"),
                        tlv(5, "id-1"),
                        tlv(0x30, "ns"),
                        tlv(0x04, "padding"),
                        tlv(0xea, hex("0176")),
                        tlv(0xea, hex("02"))));
    }

    @Test
    void whatIsNoTextIsInHexOnly() throws ProxyHeaderException {
        assertEquals(List.of("FORKD_PROXY_TLV_05=00ff"), more(tlv(5, hex("00ff"))));
        assertEquals(List.of("FORKD_PROXY_TLV_02=610a62"), more(tlv(2, "a\nb")), "no line of its own in a log");
        assertEquals(List.of("FORKD_PROXY_TLV_02=c328"), more(tlv(2, hex("c328"))), "not UTF-8");
        assertEquals(List.of("FORKD_PROXY_TLV_02=610062"), more(tlv(2, "a\0b")), "no end of the variable");
    }

    @Test
    void tlsIsUnfolded() throws ProxyHeaderException {
        byte[] ssl = join(
                hex("07 00000000"),
                tlv(0x21, "TLSv1.3"),
                tlv(0x22, "Ada"),
                tlv(0x23, "TLS_AES_256_GCM_SHA384"),
                tlv(0x24, "SHA256"),
                tlv(0x25, "RSA2048"),
                tlv(0x28, hex("3082")),
                tlv(0x22, hex("ff")));

        assertEquals(
                List.of(
                        "FORKD_PROXY_SSL_FLAGS=7",
                        "FORKD_PROXY_SSL_VERIFY=0",
                        "FORKD_PROXY_SSL_VERSION=TLSv1.3",
                        "FORKD_PROXY_SSL_CN=Ada",
                        "FORKD_PROXY_SSL_CIPHER=TLS_AES_256_GCM_SHA384",
                        "FORKD_PROXY_SSL_SIG_ALG=SHA256",
                        "FORKD_PROXY_SSL_KEY_ALG=RSA2048",
                        "FORKD_PROXY_SSL_TLV_28=3082",
                        "FORKD_PROXY_SSL_TLV_22=ff"),
                more(tlv(0x20, ssl)));
    }

    @Test
    void aVerificationThatFailedIsNotZero() throws ProxyHeaderException {
        assertEquals(
                List.of("FORKD_PROXY_SSL_FLAGS=1", "FORKD_PROXY_SSL_VERIFY=4294967295"),
                more(tlv(0x20, hex("01ffffffff"))));
    }

    @Test
    void onlyTheSendersThatAreNamedAreBelieved() {
        ProxyPolicy policy =
                new ProxyPolicy(List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8")), ProxyPolicy.TIMEOUT);

        assertTrue(policy.trusts(PROXY_ITSELF));
        assertTrue(policy.trusts(InetAddr.of(hex("fd000000000000000000000000000001"), 1)));
        assertTrue(policy.trusts(InetAddr.of(hex("00000000000000000000ffff0a000001"), 1)), "IPv4 as IPv6");
        assertTrue(policy.trusts(UnixAddr.UNNAMED), "the file's mode says who may connect");
        assertFalse(policy.trusts(InetAddr.of(new byte[] {11, 0, 0, 1}, 1)));
        assertFalse(policy.trusts(InetAddr.of(new byte[] {127, 0, 0, 1}, 1)), "not even this machine");
        assertTrue(new ProxyPolicy(ProxyPolicy.LOCAL, ProxyPolicy.TIMEOUT)
                .trusts(InetAddr.of(new byte[] {127, 1, 2, 3}, 1)));
    }

    private static List<String> of(byte[] header) throws ProxyHeaderException {
        return ProxyVariables.of(Headers.parse(header), PROXY_ITSELF);
    }

    private static List<String> more(byte[]... tlvs) throws ProxyHeaderException {
        List<String> all = of(header(PROXY, 0x11, TCP4, join(tlvs)));
        return all.subList(3, all.size());
    }
}
