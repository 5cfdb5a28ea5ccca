package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The main job: serve, nc, an answer. */
@Timeout(120)
class EchoIT {
    @Test
    void ncGetsItsLineBack() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0")) {
            assertEquals("hello\n", nc("hello\n", "127.0.0.1", server.port()));

            String accept = server.await("accept", line -> line.startsWith("accept "));
            String end = server.await("end", line -> line.startsWith("end "));
            assertTrue(accept.matches("accept id=1 peer=127\\.0\\.0\\.1:\\d+ worker=\\d+ live=1/256"), accept);
            assertTrue(end.matches("end id=1 worker=\\d+ exit=0 seconds=\\d+\\.\\d{3}"), end);
            assertEquals(Events.number(accept, "worker"), Events.number(end, "worker"));
        }
    }

    @Test
    void theFirstLineIsTheListeningEventAndNoWarningStandsBefore() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0")) {
            String first = server.log().get(1);
            assertTrue(server.log().get(0).startsWith("stem pid="), () -> "" + server.log());
            assertTrue(first.matches("listening addr=127\\.0\\.0\\.1:\\d+ model=fork handler=echo pid=\\d+"), first);
        }
    }

    @Test
    void aUnixSocketServesAndItsFileGoesWithTheServer(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("echo.sock");
        try (ForkdServer server = ForkdServer.serve("-l", "unix:" + path)) {
            assertEquals("unix:" + path, server.address(0));
            assertEquals(
                    "hi",
                    Commands.runWithInput("hi", "nc", "-N", "-U", path.toString())
                            .output());
            assertEquals("unix", Events.field(server.await("accept", line -> line.startsWith("accept ")), "peer"));
        }
        assertTrue(Files.notExists(path));
    }

    @Test
    void aJavaClientOfAnotherLibraryTalksOverTheUnixSocket(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("s");
        try (ForkdServer server = ForkdServer.serve("-l", "unix:" + path);
                UnixSocketChannel client = UnixSocketChannel.open(new UnixSocketAddress(path.toFile()))) {
            client.write(ByteBuffer.wrap("jnr".getBytes(StandardCharsets.US_ASCII)));
            client.shutdownOutput();
            ByteBuffer answer = ByteBuffer.allocate(16);
            while (client.read(answer) >= 0 && answer.hasRemaining()) {
                // until the worker closes
            }
            assertEquals("jnr", new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII));
            assertEquals("unix:" + path, server.address(0));
        }
    }

    @Test
    void severalListenersServeAtOnce(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("s");
        try (ForkdServer server =
                ForkdServer.serve("-l", "127.0.0.1:0", "-l", "[::1]:0", "-l", "unix:" + path, "--", "/bin/cat")) {
            server.await("listening", line -> line.startsWith("listening "), 3);
            assertEquals("4", nc("4", "127.0.0.1", server.port(0)));
            assertEquals("6", nc("6", "::1", server.port(1)));
            assertEquals(
                    "u",
                    Commands.runWithInput("u", "nc", "-N", "-U", path.toString())
                            .output());
        }
    }

    @Test
    void aStarServesIpv4AndIpv6AndShowsAnIpv4PeerAsSuch() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "*:0", "--", "/bin/cat")) {
            assertTrue(server.address(0).startsWith("*:"), server.address(0));
            assertEquals("4", nc("4", "127.0.0.1", server.port()));
            assertEquals("6", nc("6", "::1", server.port()));
            var accepts = server.await("accept", line -> line.startsWith("accept "), 2);
            assertTrue(accepts.get(0).contains(" peer=127.0.0.1:"), accepts.get(0));
            assertTrue(accepts.get(1).contains(" peer=[::1]:"), accepts.get(1));
        }
    }

    @Test
    void daytimeSendsOneLineAndCloses() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--handler", "daytime")) {
            String line =
                    Commands.run("nc", "-d", "127.0.0.1", "" + server.port()).output();
            assertTrue(line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(Z|[+-]\\d\\d:\\d\\d)\r\n"), line);
        }
    }

    @Test
    void discardAnswersNothing() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--handler", "discard")) {
            assertEquals("", nc("into the void", "127.0.0.1", server.port()));
        }
    }

    @Test
    void chargenEndsWellWhenItsClientGoes() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--handler", "chargen")) {
            try (Socket socket = server.connect()) {
                String line = new String(socket.getInputStream().readNBytes(74), StandardCharsets.US_ASCII);
                assertEquals(" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n", line);
            }
            assertEquals("0", Events.field(server.await("end", line -> line.startsWith("end ")), "exit"));
        }
    }

    @Test
    void aHandlerOfTheUsersSeesItsConnection() throws Exception {
        try (ForkdServer server = serveTestHandler(ReportHandler.class)) {
            String report = nc("", "127.0.0.1", server.port());
            String accept = server.await("accept", line -> line.startsWith("accept "));
            assertEquals(
                    "id=1 remote=/" + Events.field(accept, "peer") + " local=/" + server.address(0) + " open=true\n",
                    report);
        }
    }

    /** Found on JDK 17: with the network library loaded before the connection, inheritedChannel is a listening one. */
    @ParameterizedTest
    @ValueSource(strings = {"fork", "pool", "spawn"})
    void aHandlerThatHasLookedUpANameStillGetsItsChannel(String model) throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                "-m", model, "-l", "127.0.0.1:0", "--handler", LookUpHandler.class.getName(), "-cp", testClasses())) {
            String report = nc("", "127.0.0.1", server.port());
            String accept = server.await("accept", line -> line.startsWith("accept "));
            assertEquals("/" + Events.field(accept, "peer") + " /" + server.address(0) + " over the channel", report);
        }
    }

    @Test
    void whatAHandlerPrintsGoesToTheLogAndNotToTheClient() throws Exception {
        try (ForkdServer server = serveTestHandler(PrintingHandler.class)) {
            assertEquals("answer", nc("", "127.0.0.1", server.port()));
            server.await("the print", line -> line.matches("log id=1 worker=\\d+ text=\"a stray line\""));
        }
    }

    @Test
    void anExceptionOfTheHandlerIsLoggedAndIsTheExitStatus() throws Exception {
        try (ForkdServer server = serveTestHandler(FailingHandler.class)) {
            assertEquals("", nc("", "127.0.0.1", server.port()));
            server.await("the message", line -> line.contains("connection 1: the handler failed"));
            server.await("the trace", line -> line.contains("IllegalStateException: on purpose"));
            assertEquals("1", Events.field(server.await("end", line -> line.startsWith("end ")), "exit"));
        }
    }

    @Test
    void anOptionForTheJvmReachesIt() throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                "-l", "127.0.0.1:0", "--handler", HeapHandler.class.getName(), "-cp", testClasses(), "-J", "-Xmx20m")) {
            long bytes = Long.parseLong(nc("", "127.0.0.1", server.port()));
            assertTrue(bytes > 10 << 20 && bytes <= 20 << 20, "max memory " + bytes);
        }
    }

    static ForkdServer serveTestHandler(Class<?> handler) throws IOException, InterruptedException {
        return ForkdServer.serve("-l", "127.0.0.1:0", "--handler", handler.getName(), "--classpath", testClasses());
    }

    static String testClasses() {
        return Checkout.resolve("target/test-classes").toString();
    }

    static String nc(String input, String host, int port) throws IOException, InterruptedException {
        return Commands.runWithInput(input, "nc", "-N", host, Integer.toString(port))
                .output();
    }
}
