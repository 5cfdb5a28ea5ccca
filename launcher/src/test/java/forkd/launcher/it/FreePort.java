package forkd.launcher.it;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for servers that cannot be told "any": below the range that the kernel takes ports from (ip_local_port_range of
 * ip(7)), so that nobody gets one by chance between the look and the server's bind, and above those of the tests' clients.
 */
final class FreePort {
    private static final AtomicInteger NEXT = new AtomicInteger(30_000);

    private FreePort() {}

    /** A port of 127.0.0.1 that nobody listens on. */
    static int next() throws IOException {
        while (true) {
            int port = NEXT.getAndUpdate(p -> p < 32_000 ? p + 1 : 30_000);
            if (isFree(port)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) throws IOException {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (BindException e) {
            return false;
        }
    }
}
