package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may connect, with real clients. */
@Timeout(120)
class AccessIT {
    private static final String ENV = "/usr/bin/env";

    @TempDir
    private Path folder;

    @Test
    void whoIsNotAllowedIsClosedAndLogged() throws Exception {
        try (ForkdServer server =
                ForkdServer.serve("-l", "127.0.0.1:0", "--allow", "10.0.0.0/8,192.168.0.0/16", "--", ENV)) {
            assertEquals("", answer(server));
            String reject = server.await("reject", line -> line.startsWith("reject "));
            assertTrue(reject.matches("reject id=1 peer=127\\.0\\.0\\.1:\\d+ reason=denied rule=none"), reject);
        }
    }

    @Test
    void theMostSpecificOfTwoListsDecides() throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                "-l",
                "*:0",
                "--deny",
                "*",
                "--deny",
                "127.0.0.1",
                "--allow",
                "127.0.0.0/8",
                "--allow",
                "::1",
                "--",
                ENV)) {
            assertEquals("", answer(server));
            assertTrue(
                    Commands.run("nc", "-d", "::1", "" + server.port()).output().contains("PROTO=TCP\n"));
            String reject = server.await("reject", line -> line.startsWith("reject "));
            assertTrue(reject.endsWith(" reason=denied rule=\"deny 127.0.0.1\""), reject);
        }
    }

    @Test
    void aRuleSetsVariablesAndTellsTheDenied() throws Exception {
        Path rules = rules(
                "deny 127.0.0.1 listener:none",
                "allow 127.0.0.0/8 set ROLE=\"the inner\"",
                "deny * reject=\"go away\"");
        try (ForkdServer server =
                ForkdServer.serve("-l", "127.0.0.1:0", "-l", "[::1]:0", "--rules", rules.toString(), "--", ENV)) {
            server.await("listening", line -> line.startsWith("listening "), 2);
            assertEquals("rules file=" + rules + " rules=3", server.await("rules", line -> line.startsWith("rules ")));
            String warn = server.await("warn", Events::isWarning);
            assertTrue(warn.contains(rules + ":1: there is no listener 'none', only 127.0.0.1:"), warn);

            assertTrue(answer(server).contains("\nROLE=the inner\n"));
            assertEquals(
                    "go away\n",
                    Commands.run("nc", "-d", "::1", "" + server.port(1)).output());
            String reject = server.await("reject", line -> line.startsWith("reject "));
            assertTrue(reject.endsWith(" reason=denied rule=" + rules + ":3"), reject);
        }
    }

    @Test
    void aReloadTakesEffectAndABadFileDoesNot() throws Exception {
        Path rules = rules("deny 127.0.0.1", "allow *");
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--rules", rules.toString(), "--", ENV)) {
            assertEquals("", answer(server));

            Files.writeString(rules, "allow 127.0.0.1 set GENERATION=2\nallow ::1\nallow unix\n");
            server.signal("HUP");
            server.await("rules", line -> line.equals("rules file=" + rules + " rules=3"));
            assertTrue(answer(server).contains("\nGENERATION=2\n"));

            Files.writeString(rules, "deny *\nalow 127.0.0.1\n");
            server.signal("HUP");
            String warn = server.await("warn", Events::isWarning);
            assertTrue(warn.contains("the rules stay as they are: " + rules + ":2:1: a rule begins with"), warn);
            assertTrue(answer(server).contains("\nGENERATION=2\n"));
            assertEquals(1, server.log().stream().filter(Events::isWarning).count());
        }
    }

    /** The group that the client's process had when it connected, and no other group of its user's. */
    @Test
    void aUnixClientIsKnownByItsGroup() throws Exception {
        PrivilegesIT.asRoot();
        Path socket = folder.resolve("s");
        Path rules = rules("deny gid:12345 reject=\"not your group\"", "allow * set WHO=others");
        try (ForkdServer server = ForkdServer.serve("-l", "unix:" + socket, "--rules", rules.toString(), "--", ENV)) {
            assertEquals("not your group\n", ncAs("--regid=12345", "--clear-groups", socket));
            assertTrue(ncAs("--regid=0", "--groups=12345", socket).contains("\nWHO=others\n"));
            server.await("reject", line -> line.endsWith(" reason=denied rule=" + rules + ":1"));
        }
    }

    private static String ncAs(String group, String others, Path socket) throws Exception {
        return Commands.run("setpriv", group, others, "nc", "-d", "-U", socket.toString())
                .output();
    }

    @Test
    void aUnixClientIsKnownByItsUser() throws Exception {
        Path socket = folder.resolve("s");
        String user = Commands.run("id", "-u").output().trim();
        Path rules = rules("allow uid:" + user + " set WHO=me", "deny * reject=no");
        try (ForkdServer server = ForkdServer.serve("-l", "unix:" + socket, "--rules", rules.toString(), "--", ENV)) {
            assertTrue(
                    Commands.run("nc", "-d", "-U", socket.toString()).output().contains("\nWHO=me\n"));

            Files.writeString(rules, "deny uid:" + user + " reject=\"not you\"\nallow *\n");
            server.signal("HUP");
            server.await("rules", line -> line.startsWith("rules "), 2);
            assertEquals(
                    "not you\n",
                    Commands.run("nc", "-d", "-U", socket.toString()).output());
        }
    }

    @Test
    void aRuleLimitsASourceAlsoWhereNothingElseDoes() throws Exception {
        Path socket = folder.resolve("s");
        Path rules = rules("allow 127.0.0.0/8 max-per-source=1", "allow unix max-per-source=1");
        try (ForkdServer server = ForkdServer.serve(
                "-l",
                "127.0.0.1:0",
                "-l",
                "unix:" + socket,
                "--max-per-source",
                "none",
                "--rules",
                rules.toString(),
                "--",
                "/bin/cat")) {
            try (Socket first = server.connect();
                    SocketChannel unix = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                server.await("accept", line -> line.startsWith("accept "), 2);
                assertEquals("", answer(server));
                assertEquals(
                        "", Commands.run("nc", "-d", "-U", socket.toString()).output());
                List<String> rejects = server.await("reject", line -> line.startsWith("reject "), 2);
                assertTrue(
                        rejects.stream().allMatch(line -> line.contains(" reason=max-per-source limit=1")),
                        () -> "" + rejects);
                assertTrue(first.isConnected() && unix.isConnected());
            }
            server.await("end", line -> line.startsWith("end "), 2);
            try (Socket again = server.connect()) {
                server.await("accept", line -> line.startsWith("accept "), 3);
                assertTrue(again.isConnected());
            }
        }
    }

    @Test
    void manyDeniedClientsCostNeitherASlotNorADescriptor() throws Exception {
        Path rules = rules("deny 127.0.0.1 reject=no", "allow *");
        try (ForkdServer server = ForkdServer.serve(
                "-l", "127.0.0.1:0", "--max-connections", "1", "--rules", rules.toString(), "--", ENV)) {
            long before = descriptors(server);
            for (int i = 0; i < 200; i++) {
                assertEquals("no\n", answer(server));
            }
            // A client that was told something may read it to the end, so its connection lingers for a moment.
            Eventually.equal(before, () -> descriptors(server));
            Files.writeString(rules, "allow *\n");
            server.signal("HUP");
            server.await("rules", line -> line.endsWith(" rules=1"));
            assertTrue(answer(server).contains("PROTO=TCP"));
        }
    }

    private static long descriptors(ForkdServer server) throws IOException {
        try (var files = Files.list(Path.of("/proc", "" + server.pid(), "fd"))) {
            return files.count();
        }
    }

    private static String answer(ForkdServer server) throws IOException {
        try (Socket client = server.connect()) {
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Path rules(String... lines) throws IOException {
        return Files.writeString(folder.resolve("rules"), String.join("\n", lines) + "\n");
    }
}
