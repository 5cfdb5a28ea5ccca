package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes arrive, all of them, and so does the end of file. */
@Timeout(120)
class TransferIT {
    private static final int MEGABYTES = 100;

    @Test
    void afterAHalfCloseTheAnswerStillArrivesWhole() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0")) {
            assertEquals(
                    "hi",
                    Commands.runWithInput("hi", "nc", "-N", "127.0.0.1", "" + server.port())
                            .output());
        }
    }

    @Test
    void aCommandThatAnswersAfterTheEndOfFileIsHeard() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--", "/usr/bin/wc", "-c")) {
            String big = "x".repeat(1_000_000);
            assertEquals(
                    "1000000\n",
                    Commands.runWithInput(big, "nc", "-N", "127.0.0.1", "" + server.port())
                            .output());
        }
    }

    @Test
    void aHundredMegabytesPassThroughCatUnchanged() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--", "/bin/cat")) {
            passes(server);
        }
    }

    @Test
    void aHundredMegabytesPassThroughTheEchoHandlerUnchanged() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0")) {
            passes(server);
        }
    }

    private static void passes(ForkdServer server) throws Exception {
        try (Socket client = server.connect()) {
            CompletableFuture<byte[]> sent = CompletableFuture.supplyAsync(() -> send(client));
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long received = 0;
            try (DigestInputStream in = new DigestInputStream(client.getInputStream(), digest)) {
                byte[] buffer = new byte[1 << 16];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    received += n;
                }
            }
            assertEquals((long) MEGABYTES << 20, received);
            assertArrayEquals(sent.join(), digest.digest());
        }
    }

    private static byte[] send(Socket client) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            OutputStream out = new DigestOutputStream(client.getOutputStream(), digest);
            Random random = new Random(1);
            byte[] megabyte = new byte[1 << 20];
            for (int i = 0; i < MEGABYTES; i++) {
                random.nextBytes(megabyte);
                out.write(megabyte);
            }
            client.shutdownOutput();
            return digest.digest();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
