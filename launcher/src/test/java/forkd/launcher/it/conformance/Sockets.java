package forkd.launcher.it.conformance;

import com.sun.net.httpserver.HttpServer;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Connections that the worker makes itself. */
final class Sockets {
    private static final char[] PASSWORD = "conformance".toCharArray();

    private Sockets() {}

    public static void streams() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> echo = CompletableFuture.runAsync(() -> echo(server));
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort())) {
                talk(client);
            }
            echo.get(5, TimeUnit.SECONDS);
        }
    }

    public static void datagrams() throws IOException {
        try (DatagramChannel one = DatagramChannel.open();
                DatagramChannel two = DatagramChannel.open()) {
            two.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            one.send(ByteBuffer.wrap(new byte[] {1, 2, 3}), two.getLocalAddress());
            ByteBuffer got = ByteBuffer.allocate(10);
            two.receive(got);
            Check.equal(3, got.position());
        }
    }

    public static void selectorsOpenedInTheWorker() throws IOException {
        try (Selector selector = Selector.open();
                ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT);
            Pipe pipe = Pipe.open();
            pipe.source().configureBlocking(false);
            pipe.source().register(selector, SelectionKey.OP_READ);
            Check.equal(0, selector.selectNow());
            pipe.sink().write(ByteBuffer.wrap(new byte[1]));
            Check.equal(1, selector.select(5000));
            selector.selectedKeys().clear();
            pipe.source().read(ByteBuffer.allocate(1));
            try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
                Check.equal(1, selector.select(5000));
                server.accept().close();
                Check.that(client.isConnected(), "not connected");
            }
            selector.wakeup();
            selector.select();
            pipe.sink().close();
            pipe.source().close();
        }
    }

    public static void http() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = "over http".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        Check.equal("over http", response.body());
        server.stop(0);
    }

    public static void tls() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(System.getProperty("conformance.keystore"))) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        try (ServerSocket server =
                context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> echo = CompletableFuture.runAsync(() -> echo(server));
            try (SSLSocket client = (SSLSocket)
                    context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.getLocalPort())) {
                client.startHandshake();
                Check.equal("TLSv1.3", client.getSession().getProtocol());
                talk(client);
            }
            echo.get(5, TimeUnit.SECONDS);
        }
    }

    private static void echo(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void talk(Socket client) throws IOException {
        client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
        client.shutdownOutput();
        Check.equal("hello", new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
}
