package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two servers behind a real haproxy, with its health checks. */
@Timeout(180)
class HaproxyIT {
    private static final String[] COMMAND = {
        "--", "/bin/sh", "-c", "echo $FORKD_LISTENER $TCPREMOTEIP $TCPREMOTEPORT $FORKD_PROXY_VERSION; cat"
    };

    private static final byte[] IPV6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"send-proxy", "send-proxy-v2"})
    void twoServersSeeTheClientAndPassTheHealthChecks(String version) throws Exception {
        int front = FreePort.next();
        try (ForkdServer a = serve("a");
                ForkdServer b = serve("b");
                Haproxy haproxy = new Haproxy(folder, """
                listen front
                  bind 127.0.0.1:%d
                  balance roundrobin
                  default-server check check-send-proxy inter 300ms rise 1 fall 1 %s
                  server a 127.0.0.1:%d
                  server b 127.0.0.1:%d
                """.formatted(front, version, a.port(), b.port()))) {
            haproxy.await("Health check for server front/a succeeded");
            haproxy.await("Health check for server front/b succeeded");

            Set<String> answered = new HashSet<>();
            for (int i = 0; i < 6; i++) {
                try (Socket client = connect(InetAddress.getLoopbackAddress(), front)) {
                    String number = version.equals("send-proxy") ? "1" : "2";
                    String answer = talk(client, "hello");
                    answered.add(answer.substring(0, 1));
                    assertEquals(" 127.0.0.1 " + client.getLocalPort() + " " + number + "\nhello", answer.substring(1));
                }
            }
            assertEquals(Set.of("a", "b"), answered);

            // Health checks were connections like others, and none was refused.
            assertTrue(a.log().stream().noneMatch(line -> line.startsWith("reject ")), () -> "" + a.log());
            a.await("the end of a health check", line -> line.startsWith("end id=1 "));

            a.signal("TERM");
            assertEquals(0, a.exitCode());
            haproxy.await("Server front/a is DOWN");
            for (int i = 0; i < 4; i++) {
                try (Socket client = connect(InetAddress.getLoopbackAddress(), front)) {
                    assertTrue(talk(client, "hello").startsWith("b 127.0.0.1 " + client.getLocalPort()));
                }
            }
        }
    }

    @Test
    void whatVersionTwoTellsBesidesReachesTheWorker() throws Exception {
        int front = FreePort.next();
        String[] command = {"--", "/bin/sh", "-c", "env | grep ^FORKD_PROXY_UNIQUE; env | grep -c FORKD_PROXY_TLV_03"};
        try (ForkdServer server = serve("a", command);
                Haproxy haproxy = new Haproxy(folder, """
                listen front
                  bind 127.0.0.1:%d
                  unique-id-format connection-%%ci-%%cp
                  server a 127.0.0.1:%d send-proxy-v2 proxy-v2-options unique-id,crc32c check check-send-proxy
                """.formatted(front, server.port()))) {
            haproxy.await("Health check for server front/a succeeded");
            try (Socket client = connect(InetAddress.getLoopbackAddress(), front)) {
                // Without end of input: haproxy gives up a client that has ended without a byte before the
                // connection to the server stands.
                assertEquals(
                        "FORKD_PROXY_UNIQUE_ID=connection-127.0.0.1-" + client.getLocalPort() + "\n0\n",
                        new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
            }
            assertTrue(server.log().stream().noneMatch(line -> line.startsWith("reject ")), () -> "" + server.log());
        }
    }

    @Test
    void whatVersionTwoTellsOfTlsReachesTheWorker() throws Exception {
        int front = FreePort.next();
        String options = "ssl,cert-cn,ssl-cipher,cert-sig,cert-key,authority,crc32c,unique-id";
        MadeCertificate site = new MadeCertificate(folder, "front.example.org");
        MadeCertificate ada = new MadeCertificate(folder, "ada");
        String[] command = {"--", "/bin/sh", "-c", "env | grep ^FORKD_PROXY_ | grep -v ^FORKD_PROXY_FROM | sort"};
        try (ForkdServer server = serve("a", command);
                Haproxy haproxy =
                        new Haproxy(folder, """
                listen front
                  bind 127.0.0.1:%d ssl crt %s ca-file %s verify optional alpn hello/1 ssl-min-ver TLSv1.3
                  unique-id-format %%cp
                  server a 127.0.0.1:%d send-proxy-v2 proxy-v2-options %s check check-send-proxy
                """.formatted(front, site.pem(), ada.pem(), server.port(), options))) {
            haproxy.await("Health check for server front/a succeeded");
            try (SSLSocket client = (SSLSocket)
                    ada.towards(site).getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), front)) {
                SSLParameters parameters = client.getSSLParameters();
                parameters.setServerNames(List.of(new SNIHostName("front.example.org")));
                parameters.setApplicationProtocols(new String[] {"hello/1"});
                parameters.setCipherSuites(new String[] {"TLS_AES_256_GCM_SHA384"});
                client.setSSLParameters(parameters);
                client.setSoTimeout((int) ForkdServer.PATIENCE.toMillis());
                assertEquals(
                        List.of(
                                "FORKD_PROXY_ALPN=hello/1",
                                "FORKD_PROXY_AUTHORITY=front.example.org",
                                "FORKD_PROXY_COMMAND=PROXY",
                                "FORKD_PROXY_SSL_CIPHER=TLS_AES_256_GCM_SHA384",
                                "FORKD_PROXY_SSL_CN=ada",
                                "FORKD_PROXY_SSL_FLAGS=7",
                                "FORKD_PROXY_SSL_KEY_ALG=RSA2048",
                                "FORKD_PROXY_SSL_SIG_ALG=RSA-SHA256",
                                "FORKD_PROXY_SSL_VERIFY=0",
                                "FORKD_PROXY_SSL_VERSION=TLSv1.3",
                                "FORKD_PROXY_UNIQUE_ID=" + client.getLocalPort(),
                                "FORKD_PROXY_VERSION=2"),
                        new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                                .lines()
                                .filter(line -> !line.startsWith("FORKD_PROXY_TLV_")
                                        && !line.startsWith("FORKD_PROXY_SSL_TLV_"))
                                .toList());
            }
            assertTrue(server.log().stream().noneMatch(line -> line.startsWith("reject ")), () -> "" + server.log());
        }
    }

    @Test
    void aClientOverIpv6IsOneInTheWorker() throws Exception {
        int front = FreePort.next();
        try (ForkdServer server = serve("a");
                Haproxy haproxy = new Haproxy(folder, """
                listen front
                  bind [::1]:%d
                  server a 127.0.0.1:%d send-proxy-v2 check check-send-proxy
                """.formatted(front, server.port()))) {
            haproxy.await("Health check for server front/a succeeded");
            try (Socket client = connect(InetAddress.getByAddress(IPV6_LOOPBACK), front)) {
                assertEquals("a ::1 " + client.getLocalPort() + " 2\nhi", talk(client, "hi"));
                server.await(
                        "accept", line -> line.contains(" peer=[::1]:" + client.getLocalPort() + " via=127.0.0.1:"));
            }
        }
    }

    private static ForkdServer serve(String name) throws IOException, InterruptedException {
        return serve(name, COMMAND);
    }

    private static ForkdServer serve(String name, String[] command) throws IOException, InterruptedException {
        return ForkdServer.serve(
                "-l",
                "127.0.0.1:0,name=" + name + ",proxy-protocol=required",
                command[0],
                command[1],
                command[2],
                command[3]);
    }

    private static Socket connect(InetAddress host, int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(host, port));
        socket.setSoTimeout((int) ForkdServer.PATIENCE.toMillis());
        return socket;
    }

    private static String talk(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.shutdownOutput();
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
}
