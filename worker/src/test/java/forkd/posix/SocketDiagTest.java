package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With the kernel's TCP over loopback. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SocketDiagTest {
    @ParameterizedTest
    @CsvSource({"4, 4", "6, 6", "6, 4"})
    void itCountsTheBytesOfAConnection(int listening, int connecting) throws ErrnoException {
        try (SocketDiag diag = new SocketDiag();
                Tcp tcp = new Tcp(listening, connecting)) {
            TcpKey key = SocketDiag.keyOf(tcp.server);
            TcpTraffic before = diag.traffic(key).orElseThrow();

            Posix.write(tcp.client, new byte[700], 0, 700);
            Posix.write(tcp.server, new byte[40], 0, 40);
            readAll(tcp.client, 40);
            readAll(tcp.server, 700);

            TcpTraffic after = diag.traffic(key).orElseThrow();
            assertEquals(700, after.received() - before.received());
            assertEquals(40, after.acknowledged() - before.acknowledged());
            assertTrue(after.quietMillis() < 30_000, () -> "" + after);
        }
    }

    @Test
    void itFindsAConnectionThatAnotherDescriptorHolds() throws ErrnoException {
        try (SocketDiag diag = new SocketDiag();
                Tcp tcp = new Tcp(4, 4)) {
            TcpKey key = SocketDiag.keyOf(tcp.server);
            try (Fd other = Posix.duplicate(tcp.server.number())) {
                tcp.server.close();

                assertTrue(diag.traffic(key).isPresent());
            }
            // Our end of file is on its way (FIN-WAIT-2) as long as the client does not close as well.
            tcp.client.close();
            assertEquals(Optional.empty(), diag.traffic(key));
        }
    }

    @Test
    void anotherConnectionWithTheSameAddressesIsNotTaken() throws ErrnoException {
        try (SocketDiag diag = new SocketDiag();
                Tcp tcp = new Tcp(4, 4)) {
            TcpKey key = SocketDiag.keyOf(tcp.server);

            assertEquals(Optional.empty(), diag.traffic(new TcpKey(key.local(), key.peer(), key.cookie() + 1)));
        }
    }

    private static void readAll(Fd from, int count) throws ErrnoException {
        byte[] bytes = new byte[count];
        for (int done = 0; done < count; ) {
            done += Posix.read(from, bytes, done, count - done);
        }
    }

    /** Both ends of a connection over loopback; a listener for IPv6 takes IPv4 as well. */
    private static final class Tcp implements AutoCloseable {
        final Fd client;
        final Fd server;

        Tcp(int listening, int connecting) throws ErrnoException {
            int family = listening == 6 ? Sockets.AF_INET6 : Sockets.AF_INET;
            try (Fd listener = Sockets.socket(family, SocketType.SOCK_STREAM)) {
                Sockets.bind(listener, InetAddr.of(new byte[listening == 6 ? 16 : 4], 0));
                Sockets.listen(listener, 1);
                int port = ((InetAddr) Sockets.getsockname(listener)).port();
                byte[] loopback = connecting == 6 ? new byte[16] : new byte[] {127, 0, 0, 1};
                if (connecting == 6) {
                    loopback[15] = 1;
                }
                client = Sockets.socket(connecting == 6 ? Sockets.AF_INET6 : Sockets.AF_INET, SocketType.SOCK_STREAM);
                Sockets.connect(client, InetAddr.of(loopback, port));
                server = Sockets.accept(listener).orElseThrow().socket();
            }
        }

        @Override
        public void close() {
            client.close();
            server.close();
        }
    }
}
