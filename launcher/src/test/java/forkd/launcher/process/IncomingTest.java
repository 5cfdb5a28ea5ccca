package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.InetAddr;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IncomingTest {
    private static final InetAddr CLIENT = InetAddr.of(new byte[] {(byte) 192, 0, 2, 1}, 1024);
    private static final InetAddr PUBLIC = InetAddr.of(new byte[] {(byte) 192, 0, 2, 2}, 443);

    @Test
    void theKernelTellsTheLocalAddressWhereNobodyElseDoes() throws ErrnoException {
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            Sockets.bind(socket, InetAddr.of(new byte[] {127, 0, 0, 1}, 0));
            Incoming connection = new Incoming(1, socket, CLIENT, "x", 0);

            assertEquals(Sockets.getsockname(socket), connection.local());
            assertEquals(PUBLIC, connection.withLocal(PUBLIC).local());
            Incoming proxied = connection.behindProxy(PUBLIC, CLIENT);
            assertEquals(PUBLIC, proxied.peer());
            assertEquals(CLIENT, proxied.local());
            assertEquals(Optional.of(CLIENT), proxied.via());
            assertEquals(Optional.empty(), connection.via());
        }
    }

    @Test
    void variablesAddUp() throws ErrnoException {
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            Incoming connection = new Incoming(1, socket, CLIENT, "x", 0)
                    .withVariables(List.of("A=1"))
                    .withOfSource(3)
                    .withVariables(List.of("B=2"))
                    .withVariables(List.of());

            assertEquals(List.of("A=1", "B=2"), connection.variables());
            assertEquals(3, connection.ofSource());
        }
    }
}
