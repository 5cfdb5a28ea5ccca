package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One script is run unchanged under five other servers and under forkd, and what it is given is compared. So whoever comes
 * from one of them finds what he had, and no more descriptors than he was promised.
 */
@Timeout(180)
class WorkerContractIT {
    private static final List<String> IMITATE_ALL = List.of("--imitate", "socat", "--imitate", "ncat");

    @TempDir
    private Path folder;

    static Stream<OtherServer> others() {
        return OtherServer.all().stream();
    }

    static Stream<Arguments> models() {
        return Stream.of("spawn", "pool", "fork")
                .flatMap(model -> Stream.of(OtherServer.Over.values()).map(over -> Arguments.of(model, over)));
    }

    @ParameterizedTest
    @MethodSource("others")
    void aScriptFindsWhatItHadUnderAnotherServer(OtherServer other) throws Exception {
        Worker theirs = other.worker(folder);
        Worker ours = ofCommand(other.over(), other.like());

        Map<String, String> missing = new TreeMap<>(theirs.environment());
        missing.keySet().removeAll(Set.of("PATH", "PWD"));
        missing.keySet().removeAll(other.own());
        missing.replaceAll((name, value) -> value.replace(folder + "/theirs", folder + "/ours"));
        missing.entrySet()
                .removeIf(one -> one.getValue().equals(ours.environment().get(one.getKey())));
        assertEquals(Map.of(), missing, () -> "missing or different: theirs " + theirs + ", ours " + ours);
        assertDescriptors(other.like().contains("listen"), ours);
        assertTrue(!ours.environment().containsKey("PWD"), () -> "a shell's: " + ours);
        if (other.like().contains("listen")) {
            assertTrue(theirs.descriptors().get(3).startsWith("socket:"), () -> "" + theirs);
        } else if (!other.name().equals("ncat")) { // which copies between the connection and pipes
            assertTrue(theirs.descriptors().get(0).startsWith("socket:"), () -> "" + theirs);
            assertEquals(theirs.descriptors().get(0), theirs.descriptors().get(1));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aProgramOfAHandlersFindsTheSame(String model, OtherServer.Over over) throws Exception {
        List<String> options = new ArrayList<>(List.of(
                "-m",
                model,
                "-l",
                over.listen(folder),
                "--handler",
                ScriptHandler.class.getName(),
                "--classpath",
                EchoIT.testClasses(),
                "-J",
                "-Dscript=" + Worker.SCRIPT));
        options.addAll(IMITATE_ALL);

        Worker ours = ofForkd(over, options);

        assertDescriptors(false, ours);
        assertEquals(ofCommand(over, IMITATE_ALL).environment(), ours.environment());
    }

    @Test
    void withDescriptorListenTheProgramKeepsItsArgumentsAndNoShellStays() throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                        "-l",
                        "127.0.0.1:0",
                        "--descriptor",
                        "listen",
                        "--",
                        "sh",
                        "-c",
                        "echo $$ \"$LISTEN_PID\" \"$0\" \"$1\" >&3; read line <&3; echo out; echo err >&2",
                        "a b",
                        "$c 'd'");
                Socket client = server.connect()) {
            String answer = ForkServers.ask(client, "go");
            long worker = WorkerProcessIT.worker(server, 1);
            assertEquals(worker + " " + worker + " a b $c 'd'\n", answer);
            server.await("end", line -> line.startsWith("end id=1 ") && line.contains(" exit=0 "));
            String log = "log id=1 worker=" + worker + " text=";
            assertTrue(server.log().containsAll(List.of(log + "out", log + "err")), () -> "" + server.log());
        }
    }

    @Test
    void aHandlerHasNoUseForIt() throws Exception {
        Commands.Result result =
                Commands.run(ForkdServer.executable(), "serve", "-l", "127.0.0.1:0", "--descriptor", "listen");

        assertEquals(2, result.exit());
        assertTrue(result.output().contains("--descriptor listen is for commands"), result.output());
    }

    @Test
    void aClientOfAUnixSocketIsKnownByItsUser() throws Exception {
        Path path = folder.resolve("s");
        try (ForkdServer server = ForkdServer.serve("-l", "unix:" + path, "--", "/usr/bin/env")) {
            String answer = Commands.run("nc", "-NU", path.toString()).output();
            for (String variable : List.of(
                    "PROTO=IPC",
                    "IPCREMOTEEUID=" + id("-u"),
                    "IPCREMOTEEGID=" + id("-g"),
                    "IPCREMOTEPATH=",
                    "IPCLOCALPATH=" + path,
                    "IPCCONNNUM=1",
                    "FORKD_LISTENER=unix:" + path)) {
                assertTrue(answer.lines().anyMatch(variable::equals), () -> variable + " is not in: " + answer);
            }
            server.await("end", line -> line.startsWith("end "));
        }
    }

    private static String id(String which) throws Exception {
        return Commands.run("id", which).output().strip();
    }

    private static void assertDescriptors(boolean listen, Worker worker) {
        Map<Integer, String> open = worker.descriptors();
        if (listen) {
            assertEquals(Set.of(0, 1, 2, 3), open.keySet(), () -> "" + open);
            assertEquals("/dev/null", open.get(0));
            assertEquals(open.get(2), open.get(1));
            assertTrue(open.get(3).startsWith("socket:"), () -> "" + open);
        } else {
            assertEquals(Set.of(0, 1, 2), open.keySet(), () -> "" + open);
            assertTrue(open.get(0).startsWith("socket:"), () -> "" + open);
            assertEquals(open.get(0), open.get(1));
        }
        assertTrue(open.get(2).startsWith("pipe:"), () -> "" + open);
        assertNotEquals(open.get(0), open.get(2));
    }

    private Worker ofCommand(OtherServer.Over over, List<String> like) throws Exception {
        List<String> options = new ArrayList<>(List.of("-l", over.listen(folder)));
        options.addAll(like);
        options.addAll(List.of("--", Worker.SCRIPT.toString()));
        return ofForkd(over, options);
    }

    private Worker ofForkd(OtherServer.Over over, List<String> options) throws Exception {
        try (ForkdServer server = ForkdServer.serve(options.toArray(String[]::new));
                Client client = connect(over, server)) {
            Worker worker = Worker.ask(client);
            server.await(
                    "its message",
                    line -> line.startsWith("log id=1 ") && line.endsWith(" text=\"" + Worker.MESSAGE + "\""));
            worker.environment().remove("FORKD_LISTENER"); // the port is another one each time
            return worker;
        }
    }

    private Client connect(OtherServer.Over over, ForkdServer server) throws Exception {
        return switch (over) {
            case IPV4 -> Client.of(server.connect());
            case IPV6 -> Client.of(new InetSocketAddress(over.host(), server.port()));
            case UNIX -> Client.of(folder.resolve("ours"));
        };
    }
}
