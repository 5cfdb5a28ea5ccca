package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Fd;
import forkd.posix.Posix;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.posix.UnixAddr;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Listeners of every kind that forkd makes itself, with real clients; run as root, as CI does. */
@Timeout(120)
class ListenerIT {
    private static final String PRINT = "echo $FORKD_LISTENER $PROTO $TCPREMOTEIP $TCPLOCALIP";

    @Test
    void namesReachTheLogAndTheWorker() throws Exception {
        try (ForkdServer server =
                ForkdServer.serve("-l", "127.0.0.1:0,name=web", "-l", "[::1]:0", "--", "/bin/sh", "-c", PRINT)) {
            List<String> lines = server.await("listening", line -> line.startsWith("listening "), 2);
            assertEquals("web", Events.field(lines.get(0), "name"));
            assertTrue(!lines.get(1).contains(" name="), lines.get(1));
            assertEquals("web TCP 127.0.0.1 127.0.0.1\n", EchoIT.nc("", "127.0.0.1", server.port(0)));
            assertEquals(server.address(1) + " TCP ::1 ::1\n", EchoIT.nc("", "::1", server.port(1)));
        }
    }

    @Test
    void anIpv4ClientOfADualStackListenerIsAnIpv4ClientEverywhere() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "*:0,name=all", "--", "/bin/sh", "-c", PRINT)) {
            assertEquals("all TCP 127.0.0.1 127.0.0.1\n", EchoIT.nc("", "127.0.0.1", server.port()));
            assertEquals("all TCP ::1 ::1\n", EchoIT.nc("", "::1", server.port()));
            List<String> accepts = server.await("accept", line -> line.startsWith("accept "), 2);
            assertTrue(Events.field(accepts.get(0), "peer").startsWith("127.0.0.1:"), accepts.get(0));
            assertTrue(Events.field(accepts.get(1), "peer").startsWith("[::1]:"), accepts.get(1));
        }
    }

    @Test
    void onlyTheGroupOfAUnixSocketMayConnect(@TempDir Path folder) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path path = folder.resolve("s");
        try (ForkdServer server =
                ForkdServer.serve("-l", "unix:" + path + ",owner=nobody,group=www-data,mode=0660", "--", "/bin/cat")) {
            assertEquals("unix:" + path, server.address(0));
            var attributes = Files.readAttributes(path, "posix:*");
            assertEquals("nobody", attributes.get("owner").toString());
            assertEquals("www-data", attributes.get("group").toString());
            assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));

            assertEquals("hi", connectAs("daemon", "www-data", path).output());
            Commands.Result stranger = connectAs("daemon", "daemon", path);
            assertEquals(1, stranger.exit());
            assertTrue(stranger.output().contains("Permission denied"), stranger.output());
        }
        assertTrue(Files.notExists(path));
    }

    @Test
    void anAbstractUnixSocketServes() throws Exception {
        String name = "@forkd-it-" + ProcessHandle.current().pid();
        try (ForkdServer server =
                        ForkdServer.serve("-l", "unix:" + name + ",name=hidden", "--", "/bin/sh", "-c", PRINT);
                Fd client = Sockets.socket(Sockets.AF_UNIX, SocketType.SOCK_STREAM)) {
            assertEquals("unix:" + name, server.address(0));
            Sockets.connect(client, new UnixAddr(name));
            byte[] answer = new byte[100];
            int n = Posix.read(client, answer, 0, answer.length);
            assertEquals("hidden IPC\n", new String(answer, 0, n, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void twoServersShareAPortWithReuseport() throws Exception {
        try (ForkdServer first = ForkdServer.serve("-l", "127.0.0.1:0,reuseport", "--", "/bin/cat");
                ForkdServer second = ForkdServer.serve("-l", first.address(0) + ",reuseport", "--", "/bin/cat")) {
            for (int i = 0; i < 40; i++) {
                assertEquals("x", EchoIT.nc("x", "127.0.0.1", first.port()));
            }
            first.await("accept", line -> line.startsWith("accept "));
            second.await("accept", line -> line.startsWith("accept "));
        }
    }

    @Test
    void anOwnerThatIsUnknownIsAUsageError(@TempDir Path folder) throws Exception {
        try (ForkdServer server = ForkdServer.launch("-l", "unix:" + folder.resolve("s") + ",owner=nosuch")) {
            assertEquals(2, server.exitCode());
            assertEquals(
                    "forkd: --listen unix:" + folder.resolve("s") + ": there is no user 'nosuch'",
                    server.log().get(server.log().size() - 2));
        }
    }

    private static Commands.Result connectAs(String user, String group, Path path) throws Exception {
        return Commands.runWithInput(
                "hi",
                "setpriv",
                "--reuid=" + user,
                "--regid=" + group,
                "--clear-groups",
                "nc",
                "-N",
                "-U",
                path.toString());
    }
}
