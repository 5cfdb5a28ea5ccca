package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Posix;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listeners behind a proxy, with a test in the proxy's place that also does what no proxy would do. */
@Timeout(120)
class ProxyIT {
    private static final String LINE = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n";
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String PRINT =
            "echo $PROTO $TCPREMOTEIP $TCPREMOTEPORT $TCPLOCALIP $TCPLOCALPORT; env | grep ^FORKD_PROXY | sort; cat";

    @Test
    void theInnerAddressIsTheClientsForWorkerAndLog() throws Exception {
        try (ForkdServer server = serve("--", "/bin/sh", "-c", PRINT);
                Socket proxy = server.connect()) {
            send(proxy, LINE + "hello");
            proxy.shutdownOutput();

            String from = "127.0.0.1:" + proxy.getLocalPort();
            assertEquals(
                    "TCP 192.0.2.1 56324 198.51.100.1 443\nFORKD_PROXY_COMMAND=PROXY\nFORKD_PROXY_FROM=" + from
                            + "\nFORKD_PROXY_VERSION=1\nhello",
                    answer(proxy));
            String accept = server.await("accept", line -> line.startsWith("accept "));
            assertTrue(accept.startsWith("accept id=1 peer=192.0.2.1:56324 via=" + from + " worker="), accept);
        }
    }

    /** The client's, as it is told; a block of /64 is one source. */
    @Test
    void aSourceOfIpv6IsItsBlock() throws Exception {
        try (ForkdServer server = serve("--max-per-source", "1:reject=no", "--", "/bin/cat");
                Socket first = server.connect();
                Socket same = server.connect();
                Socket other = server.connect()) {
            send(first, "PROXY TCP6 2001:db8:0:1::1 2001:db8::1 7 8\r\nhello\n");
            assertEquals("hello\n", new String(first.getInputStream().readNBytes(6), StandardCharsets.UTF_8));
            send(same, "PROXY TCP6 2001:db8:0:1:ffff::2 2001:db8::1 7 8\r\nhello\n");
            assertEquals("no\n", answer(same));
            send(other, "PROXY TCP6 2001:db8:0:2::1 2001:db8::1 7 8\r\nhello\n");
            assertEquals("hello\n", new String(other.getInputStream().readNBytes(6), StandardCharsets.UTF_8));
        }
    }

    @Test
    void tlvsReachTheWorker() throws Exception {
        String header =
                SIGNATURE + "2111" + "0019" + "c0000201c6336401dc0401bb" + "050004" + "69642d31" + "ea0003" + "0176ff";
        try (ForkdServer server = serve("--", "/bin/sh", "-c", PRINT);
                Socket proxy = server.connect()) {
            proxy.getOutputStream().write(HexFormat.of().parseHex(header));
            proxy.shutdownOutput();

            assertEquals(
                    "TCP 192.0.2.1 56324 198.51.100.1 443\nFORKD_PROXY_COMMAND=PROXY\nFORKD_PROXY_FROM=127.0.0.1:"
                            + proxy.getLocalPort()
                            + "\nFORKD_PROXY_TLV_05=69642d31\nFORKD_PROXY_TLV_EA=0176ff\nFORKD_PROXY_UNIQUE_ID=id-1"
                            + "\nFORKD_PROXY_VERSION=2\n",
                    answer(proxy));
        }
    }

    @Test
    void aHealthCheckIsAConnectionOfTheProxysOwn() throws Exception {
        try (ForkdServer server = serve("--", "/bin/sh", "-c", "echo $TCPREMOTEPORT $FORKD_PROXY_COMMAND");
                Socket proxy = server.connect()) {
            proxy.getOutputStream().write(HexFormat.of().parseHex(SIGNATURE + "20000000"));

            assertEquals(proxy.getLocalPort() + " LOCAL\n", answer(proxy));
            String accept = server.await("accept", line -> line.startsWith("accept "));
            assertTrue(accept.startsWith("accept id=1 peer=127.0.0.1:" + proxy.getLocalPort() + " worker="), accept);
        }
    }

    /** The worker finds the first byte behind the header, and every other one, in each model. */
    @ParameterizedTest
    @ValueSource(strings = {"fork", "pool", "spawn"})
    void notOneByteIsMissingOrTooMuch(String model) throws Exception {
        try (ForkdServer server = serve("-m", model, "--handler", "echo")) {
            for (String header : new String[] {LINE, "PROXY UNKNOWN\r\n"}) {
                try (Socket proxy = server.connect()) {
                    String text = "\r\nPROXY " + "x".repeat(100_000);
                    send(proxy, header + text);
                    proxy.shutdownOutput();
                    assertEquals(text, answer(proxy));
                }
            }
        }
    }

    @Test
    void aHeaderMayComeByteByByte() throws Exception {
        try (ForkdServer server = serve("--", "/bin/cat");
                Socket proxy = server.connect()) {
            proxy.setTcpNoDelay(true);
            for (int i = 0; i < LINE.length(); i++) {
                send(proxy, LINE.substring(i, i + 1));
            }
            send(proxy, "hello");
            proxy.shutdownOutput();
            assertEquals("hello", answer(proxy));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "PROXY TCP4 1.2.3.4\r\n", "\n", "PROXY UNKNOWN\n"})
    void aWrongHeaderEndsTheConnectionWithAReason(String text) throws Exception {
        try (ForkdServer server = serve("--", "/bin/cat");
                Socket proxy = server.connect()) {
            send(proxy, text);
            assertEquals("", answer(proxy));
            String reject = server.await("reject", line -> line.startsWith("reject "));
            assertTrue(
                    reject.startsWith(
                            "reject id=1 peer=127.0.0.1:" + proxy.getLocalPort() + " reason=proxy-header error=\""),
                    reject);
        }
    }

    @Test
    void aClientThatGoesBeforeItsHeaderIsNoWorker() throws Exception {
        try (ForkdServer server = serve("--", "/bin/cat")) {
            server.connect().close();
            String reject = server.await("reject", line -> line.startsWith("reject "));
            assertTrue(reject.endsWith("error=\"the connection ended after 0 bytes of the header\""), reject);
        }
    }

    /** They wait in poll: a loop that looks again and again would burn a processor. */
    @Test
    void mutesAreEndedInTimeAndNeitherBlockNorBurnTheLauncher() throws Exception {
        List<Socket> mutes = new ArrayList<>();
        try (ForkdServer server = serve("--proxy-timeout", "3s", "--", "/bin/cat")) {
            for (int i = 0; i < 100; i++) {
                Socket mute = server.connect();
                mutes.add(mute);
                send(mute, LINE.substring(0, i % 40));
            }
            long before = Posix.cpuTime((int) server.pid()).getAsLong();
            try (Socket proxy = server.connect()) {
                send(proxy, LINE + "hello");
                proxy.shutdownOutput();
                assertEquals("hello", answer(proxy));
            }
            for (Socket mute : mutes) {
                assertEquals("", answer(mute));
            }
            Duration spent = Duration.ofNanos(Posix.cpuTime((int) server.pid()).getAsLong() - before);
            assertTrue(spent.compareTo(Duration.ofMillis(1500)) < 0, () -> "used " + spent);
            String reject = server.await("reject", line -> line.contains(" reason=proxy-timeout "));
            assertTrue(reject.endsWith("error=\"no whole PROXY header within 3000 ms\""), reject);
        } finally {
            for (Socket mute : mutes) {
                mute.close();
            }
        }
    }

    @Test
    void ofASenderThatIsNotTrustedNothingIsRead() throws Exception {
        try (ForkdServer server = serve("--proxy-from", "192.0.2.0/24,2001:db8::/32", "--", "/bin/cat");
                Socket proxy = server.connect()) {
            send(proxy, LINE);
            assertEquals("", answer(proxy));
            assertEquals(
                    "reject id=1 peer=127.0.0.1:" + proxy.getLocalPort()
                            + " reason=proxy-from error=\"not among the senders of --proxy-from\"",
                    server.await("reject", line -> line.startsWith("reject ")));
        }
    }

    @Test
    void rulesJudgeTheInnerAddress() throws Exception {
        try (ForkdServer server = serve("--allow", "192.0.2.0/24", "--", "/bin/cat")) {
            try (Socket proxy = server.connect()) {
                send(proxy, LINE + "hello");
                proxy.shutdownOutput();
                assertEquals("hello", answer(proxy));
            }
            try (Socket proxy = server.connect()) {
                send(proxy, "PROXY TCP4 192.0.3.1 198.51.100.1 56324 443\r\nhello");
                assertEquals("", answer(proxy));
            }
            String reject = server.await("reject", line -> line.startsWith("reject "));
            assertTrue(reject.startsWith("reject id=2 peer=192.0.3.1:56324 via=127.0.0.1:"), reject);
        }
    }

    @Test
    void theShareIsThatOfTheInnerAddress() throws Exception {
        try (ForkdServer server = serve("--max-per-source", "1:reject=no more", "--", "/bin/cat");
                Socket first = server.connect()) {
            send(first, from("192.0.2.1") + "hello\n");
            assertEquals("hello", line(first));

            assertEquals("no more\n", ask(server, "192.0.2.1", "hello"));
            assertEquals("hello", ask(server, "192.0.2.2", "hello"));
            String reject = server.await("reject", line -> line.startsWith("reject "));
            assertTrue(reject.startsWith("reject id=2 peer=192.0.2.1:56324 via=127.0.0.1:"), reject);
            assertTrue(reject.endsWith(" reason=max-per-source limit=1"), reject);
        }
    }

    @Test
    void theRateKnowsAdministratorsByTheirInnerAddress() throws Exception {
        try (ForkdServer server =
                serve("--rate", "1/h,1:reject=too fast", "--admin-from", "192.0.2.9,127.0.0.1", "--", "/bin/cat")) {
            assertEquals("hello", ask(server, "192.0.2.1", "hello"));
            assertEquals("too fast\n", ask(server, "192.0.2.2", "hello"));
            assertEquals("hello", ask(server, "192.0.2.9", "hello"));
            server.await("reject", line -> line.matches("reject id=2 peer=192.0.2.2:.* reason=rate limit=1/h,1"));
        }
    }

    @Test
    void penaltiesAreThoseOfTheInnerAddress() throws Exception {
        try (ForkdServer server = serve("--penalty", "exit=10m", "--", "/bin/sh", "-c", "read x; echo $x; exit $x")) {
            assertEquals("3\n", ask(server, "192.0.2.1", "3\n"));
            server.await("penalty", line -> line.equals("penalty source=192.0.2.1 reason=exit seconds=600.000"));

            assertEquals("", ask(server, "192.0.2.1", "0\n"));
            assertEquals("0\n", ask(server, "192.0.2.2", "0\n"));
            server.await("reject", line -> line.matches("reject id=2 peer=192.0.2.1:.* reason=penalty limit=.*"));
        }
    }

    /** The handler fails where its client says nothing, as a Java handler does whose client has gone. */
    @Test
    void aProxyPaysNothingForItsHealthChecks() throws Exception {
        String[] unknown = {
            "PROXY UNKNOWN\r\n", fromHex(SIGNATURE + "20000000"), fromHex(SIGNATURE + "21000000"),
        };
        try (ForkdServer server = serve("--penalty", "exit=10m", "--", "/bin/sh", "-c", "echo on; exit 3")) {
            for (int i = 0; i < 2; i++) {
                for (String header : unknown) {
                    try (Socket proxy = server.connect()) {
                        send(proxy, header);
                        assertEquals("on\n", answer(proxy), () -> "" + server.log());
                    }
                }
                server.await("end", line -> line.startsWith("end "), (i + 1) * unknown.length);
            }
            assertTrue(server.log().stream().noneMatch(line -> line.startsWith("penalty ")), () -> "" + server.log());
        }
    }

    /** Whoever may send headers and sends none fills the waiting room of the proxied listener, and nothing else. */
    @Test
    void mutesShutNoListenerThatNeedsNoHeader() throws Exception {
        List<Socket> mutes = new ArrayList<>();
        try (ForkdServer server = ForkdServer.serve(
                "-l",
                "127.0.0.1:0,proxy-protocol=required",
                "-l",
                "127.0.0.1:0",
                "--proxy-timeout",
                "1h",
                "--max-connections",
                "4",
                "--",
                "/bin/cat")) {
            server.await("listening", line -> line.startsWith("listening "), 2);
            for (int i = 0; i < 10; i++) {
                mutes.add(server.connect());
            }
            try (Socket direct = server.connectFrom("127.0.0.1", server.port(1))) {
                WorkerProcessIT.ping(direct);
            }
            // Each place that is given back is another one's.
            for (Socket mute : mutes) {
                send(mute, LINE + "hello");
                mute.shutdownOutput();
                assertEquals("hello", answer(mute));
            }
        } finally {
            for (Socket mute : mutes) {
                mute.close();
            }
        }
    }

    @Test
    void eachListenerHasItsOwn() throws Exception {
        try (ForkdServer server =
                ForkdServer.serve("-l", "127.0.0.1:0,proxy-protocol=required", "-l", "127.0.0.1:0", "--", "/bin/cat")) {
            server.await("listening", line -> line.startsWith("listening "), 2);
            assertEquals(LINE, EchoIT.nc(LINE, "127.0.0.1", server.port(1)));
            assertEquals("", EchoIT.nc(LINE, "127.0.0.1", server.port(0)));
        }
    }

    @Test
    void aUnixSocketMayBeTheProxys(@TempDir Path folder) throws Exception {
        String path = folder.resolve("s").toString();
        try (ForkdServer server = ForkdServer.serve(
                "-l", "unix:" + path, "--proxy-protocol", "required", "--", "/bin/sh", "-c", "echo $TCPREMOTEIP")) {
            assertEquals(
                    "192.0.2.1\n",
                    Commands.runWithInput(LINE, "nc", "-N", "-U", path).output());
            String accept = server.await("accept", line -> line.startsWith("accept "));
            assertTrue(accept.startsWith("accept id=1 peer=192.0.2.1:56324 via=unix worker="), accept);
        }
    }

    @Test
    void theServerStopsThoughHeadersAreMissing() throws Exception {
        try (ForkdServer server = serve("--proxy-timeout", "1h", "--", "/bin/cat");
                Socket proxy = server.connect()) {
            send(proxy, "PROXY ");
            try (Socket other = server.connect()) {
                send(other, LINE); // once it is answered the first one was accepted, too
                other.shutdownOutput();
                assertEquals("", answer(other));
            }
            server.signal("TERM");
            assertEquals(0, server.exitCode());
            assertEquals("", answer(proxy));
            server.await("reject", line -> line.startsWith("reject id=1 ") && line.contains(" reason=stopping "));
        }
    }

    @Test
    void senderAndTimeWithoutAProxiedListenerAreAUsageError() throws Exception {
        try (ForkdServer server = ForkdServer.launch("--proxy-from", "10.0.0.0/8")) {
            assertEquals(2, server.exitCode());
            assertEquals(
                    "forkd: --proxy-from and --proxy-timeout are for listeners with --proxy-protocol required, and there is"
                            + " none",
                    server.log().get(0));
        }
    }

    private static ForkdServer serve(String... options) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("-l", "127.0.0.1:0", "--proxy-protocol", "required"));
        all.addAll(List.of(options));
        return ForkdServer.serve(all.toArray(String[]::new));
    }

    private static String from(String client) {
        return "PROXY TCP4 " + client + " 198.51.100.1 56324 443\r\n";
    }

    private static String fromHex(String header) {
        return new String(HexFormat.of().parseHex(header), StandardCharsets.ISO_8859_1);
    }

    /** What a client of that address gets for its text. */
    private static String ask(ForkdServer server, String client, String text) throws IOException {
        try (Socket proxy = server.connect()) {
            send(proxy, from(client) + text);
            proxy.shutdownOutput();
            return answer(proxy);
        }
    }

    private static String line(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** All that comes; a connection that is ended with input unread is reset. */
    private static String answer(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        try {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException e) {
            assertTrue(e.getMessage().contains("reset"), e.getMessage());
            return "";
        }
    }
}
