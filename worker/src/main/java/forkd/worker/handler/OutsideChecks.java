package forkd.worker.handler;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** What a worker does with the kernel: files, sockets, processes; and what is built on them. Each says whether it worked. */
final class OutsideChecks {
    private static final long WAIT_SECONDS = 10;
    /** More than any handshake has. */
    private static final int MOST_STEPS = 100;

    private OutsideChecks() {}

    static boolean writesFiles() throws IOException {
        Path file = Files.createTempFile("forkd-check", ".txt");
        try {
            Files.writeString(file, "written");
            return Files.readString(file).equals("written");
        } finally {
            Files.delete(file);
        }
    }

    static boolean connects() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Integer> got = new CompletableFuture<>();
            Thread acceptor = new Thread(() -> accept(server, got), "acceptor");
            acceptor.start();
            try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
                client.getOutputStream().write(42);
                return got.get(WAIT_SECONDS, TimeUnit.SECONDS) == 42;
            }
        }
    }

    private static void accept(ServerSocket server, CompletableFuture<Integer> got) {
        try (Socket peer = server.accept()) {
            got.complete(peer.getInputStream().read());
        } catch (IOException e) {
            got.completeExceptionally(e);
        }
    }

    static boolean startsProcess() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("/bin/echo", "hello").start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return said.equals("hello") && process.waitFor() == 0;
    }

    static boolean selects() throws IOException {
        Pipe pipe = Pipe.open();
        try (Selector selector = Selector.open();
                Pipe.SourceChannel source = pipe.source();
                Pipe.SinkChannel sink = pipe.sink()) {
            source.configureBlocking(false);
            source.register(selector, SelectionKey.OP_READ);
            sink.write(ByteBuffer.wrap(new byte[1]));
            return selector.select(TimeUnit.SECONDS.toMillis(WAIT_SECONDS)) == 1;
        }
    }

    static boolean drawsRandomNumbers() {
        return new SecureRandom().generateSeed(8).length == 8;
    }

    /** A handshake of TLS 1.2 in memory, without certificates: ciphers for that are there, and forbidden by default. */
    static boolean shakesHands() throws Exception {
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
        SSLContext context = SSLContext.getInstance("TLSv1.2");
        context.init(null, null, null);
        SSLEngine client = engine(context, true);
        SSLEngine server = engine(context, false);
        ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
        ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
        for (int i = 0; i < MOST_STEPS && !(isDone(client) && isDone(server)); i++) {
            step(client, toServer, toClient);
            step(server, toClient, toServer);
        }
        return isDone(client)
                && isDone(server)
                && client.getSession().getCipherSuite().contains("_anon_");
    }

    private static SSLEngine engine(SSLContext context, boolean client) throws SSLException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        engine.setEnabledCipherSuites(Arrays.stream(engine.getSupportedCipherSuites())
                .filter(suite -> suite.startsWith("TLS_ECDH_anon_WITH_AES") || suite.startsWith("TLS_DH_anon_WITH_AES"))
                .toArray(String[]::new));
        engine.beginHandshake();
        return engine;
    }

    private static boolean isDone(SSLEngine engine) {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    }

    private static void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            engine.wrap(ByteBuffer.allocate(0), out);
        } else if (in.position() > 0) {
            in.flip();
            engine.unwrap(in, ByteBuffer.allocate(1 << 16));
            in.compact();
        }
    }
}
