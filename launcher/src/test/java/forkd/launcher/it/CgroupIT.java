package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A cgroup for each worker, in every model, with the kernel's controllers. It takes root and controllers that are version 2's:
 * a kernel gives each to one version only. {@code native-notes/confinement.md} has how to get such a kernel.
 */
@Timeout(180)
class CgroupIT {
    private static final List<String> CONTROLLERS = List.of("cpu", "memory", "pids");
    private static Path mount;

    private Path own;

    @BeforeAll
    static void controllers() throws IOException {
        mount = Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .filter(line -> line.contains(" - cgroup2 "))
                .map(line -> Path.of(line.split(" ", -1)[4]))
                .findFirst()
                .orElse(null);
        assumeTrue(mount != null, "no cgroups of version 2");
        assumeTrue(Files.isWritable(mount.resolve("cgroup.procs")), "they are somebody else's");
        assumeTrue(
                words(mount.resolve("cgroup.controllers")).containsAll(CONTROLLERS), "version 1 has the controllers");
        for (String controller : CONTROLLERS) {
            Files.writeString(mount.resolve("cgroup.subtree_control"), "+" + controller);
        }
    }

    @BeforeEach
    void make() throws IOException {
        own = Files.createDirectory(
                mount.resolve("forkd-test-" + ProcessHandle.current().pid()));
    }

    /** The server's is empty when it has ended; a worker's is when its last process has. */
    @AfterEach
    void remove() throws Exception {
        Files.writeString(own.resolve("cgroup.kill"), "1");
        Eventually.equal(
                true, () -> Files.readString(own.resolve("cgroup.events")).contains("populated 0"));
        try (Stream<Path> folders = Files.walk(own).filter(Files::isDirectory).sorted(Comparator.reverseOrder())) {
            for (Path folder : folders.toList()) {
                Files.delete(folder);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"command", "spawn", "pool", "fork"})
    void aMemoryHogIsKilledAlone(String model) throws Exception {
        try (ForkdServer server = serve(model, "--memory-max=150M");
                Socket neighbour = server.connect()) {
            HogIT.begin(neighbour);
            HogIT.order(server, "memory");
            HogIT.answers(neighbour, "a memory hog of model " + model);
            server.await("end", line -> line.startsWith("end id=2 ") && line.contains(" signal=SIGKILL "));
            try (Socket late = server.connect()) {
                HogIT.begin(late);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"command", "spawn", "pool", "fork"})
    void aForkBombLeavesRoomForOthers(String model) throws Exception {
        try (ForkdServer server = serve(model, "--pids-max=60", "--cpu-max=20", "--leftovers=kill");
                Socket neighbour = server.connect()) {
            HogIT.begin(neighbour);
            HogIT.order(server, "bomb");
            Path bombed = cgroup(WorkerProcessIT.worker(server, 2));
            Eventually.equal(
                    false, () -> Files.readString(bombed.resolve("pids.events")).contains("max 0\n"));
            HogIT.answers(neighbour, "a fork bomb of model " + model);
            try (Socket meanwhile = server.connect()) {
                HogIT.begin(meanwhile);
            }
            assertTrue(number(bombed.resolve("pids.current")) <= 60);
            Commands.run("kill", "-KILL", Long.toString(WorkerProcessIT.worker(server, 2)));
            server.await("end", line -> line.startsWith("end id=2 "));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"command", "spawn", "pool", "fork"})
    void aBusyLoopGetsItsShare(String model) throws Exception {
        try (ForkdServer server = serve(model, "--cpu-max=20");
                Socket neighbour = server.connect()) {
            HogIT.begin(neighbour);
            HogIT.order(server, "loop");
            Path busy = cgroup(WorkerProcessIT.worker(server, 2));
            long from = System.nanoTime();
            long used = usedMicros(busy);
            HogIT.answers(neighbour, "a busy loop of model " + model);
            Eventually.equal(true, () -> throttled(busy) >= 20);
            double share = (usedMicros(busy) - used) * 1e3 / (System.nanoTime() - from);
            assertTrue(share < 0.3, () -> "of one processor: " + share);
        }
    }

    /** setsid(1) makes a process group that nobody knows of. */
    @ParameterizedTest
    @ValueSource(strings = {"command", "fork", "pool"})
    void leftoversThatHaveASessionOfTheirOwnAreKilled(String model) throws Exception {
        try (ForkdServer server = serve(model, "--pids-max=100", "--leftovers=kill");
                Socket neighbour = server.connect()) {
            HogIT.begin(neighbour);
            String left;
            try (Socket client = server.connect()) {
                left = ForkServers.ask(client, "session").lines().findFirst().orElseThrow();
            }
            server.await("end", line -> line.startsWith("end id=2 ") && line.contains(" exit=0 "));
            Eventually.equal(false, () -> Processes.lives(Long.parseLong(left)));
            WorkerProcessIT.ping(neighbour);
        }
    }

    @Test
    void eachWorkerIsAloneAndItsCgroupGoesWithIt() throws Exception {
        try (ForkdServer server = serve("fork", "--memory-max=100M", "--pids-max=100", "--cpu-max=150")) {
            Path first;
            try (Socket one = server.connect();
                    Socket two = server.connect()) {
                HogIT.begin(one);
                HogIT.begin(two);
                first = cgroup(WorkerProcessIT.worker(server, 1));
                Path second = cgroup(WorkerProcessIT.worker(server, 2));
                assertNotEquals(first, second);
                for (Path worker : List.of(first, second)) {
                    assertEquals(own, worker.getParent());
                    assertEquals(
                            1,
                            Files.readAllLines(worker.resolve("cgroup.procs")).size());
                    assertEquals(100L << 20, number(worker.resolve("memory.max")));
                    assertEquals(100, number(worker.resolve("pids.max")));
                    assertEquals(
                            "150000 100000",
                            Files.readString(worker.resolve("cpu.max")).strip());
                }
                assertEquals(own.resolve("launcher"), cgroup(server.pid()));
                assertEquals(own.resolve("launcher"), cgroup(ForkServers.stem(server)));
            }
            for (int i = 3; i < 100; i++) {
                try (Socket client = server.connect()) {
                    HogIT.begin(client);
                }
            }
            server.await("ends", line -> line.startsWith("end "), 99);
            assertTrue(Files.notExists(first));
            try (Stream<Path> workers = Files.list(own).filter(Files::isDirectory)) {
                long left = workers.count();
                assertTrue(left < 10, () -> "cgroups left: " + left);
            }
        }
    }

    /** Also one that has no right to move itself; and while the launcher, which has sent the connection, does nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void aForkedWorkerRunsNothingOutsideOfItsCgroup(String spares) throws Exception {
        try (ForkdServer server =
                serve("fork", "--pids-max=100", "--user=64123", "--group=64123", "--spares=" + spares)) {
            // A first connection: the next one is sent as soon as it is accepted.
            ForkServers.ask(server, "hello");
            server.await("end", line -> line.startsWith("end id=1 "));
            int forks = 1 + Integer.parseInt(spares);
            Eventually.equal(forks, () -> Processes.childrenOf(server.pid()).size());
            List<Long> children = Processes.childrenOf(server.pid());
            signal("STOP", children);
            try (Socket client = server.connect()) {
                client.getOutputStream().write("cgroup\n".getBytes(StandardCharsets.US_ASCII));
                Eventually.equal(1, () -> Processes.connectionsOf(server.pid()).size());
                signal("STOP", List.of(server.pid()));
                signal("CONT", children);

                // Not to the end of file: the launcher has its copy of the connection.
                String cgroup = new BufferedReader(
                                new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine();
                assertTrue(cgroup.contains("0::/" + mount.relativize(own) + "/worker-"), cgroup);
            } finally {
                signal("CONT", List.of(server.pid()));
            }
            server.await("end", line -> line.startsWith("end id=2 ") && line.contains(" exit=0 "));
        }
    }

    private static void signal(String name, List<Long> pids) throws Exception {
        for (long pid : pids) {
            Commands.run("kill", "-" + name, Long.toString(pid));
        }
    }

    @Test
    void servicesWithDifferentLimitsShareTheLaunchersCgroup(@TempDir Path folder) throws Exception {
        List<String> lines = new ArrayList<>();
        for (String limit : List.of("pids-max = 10", "memory-max = \"100M\"", "pids-max = 20")) {
            lines.add("[service.s" + lines.size() + "]");
            lines.addAll(List.of(limit, "listen = [\"127.0.0.1:0\"]", "command = [\"/bin/cat\"]"));
        }
        Path file = Files.write(folder.resolve("forkd.toml"), lines);
        try (ForkdServer server = ForkdServer.launchUnder(inside(), "--config", file.toString())) {
            server.await("listening", line -> line.startsWith("listening "), 3);
            for (int service = 0; service < 3; service++) {
                try (Socket client = server.connectFrom("127.0.0.1", server.port("s" + service))) {
                    WorkerProcessIT.ping(client);
                    assertEquals(
                            own,
                            cgroup(WorkerProcessIT.worker(server, service + 1)).getParent());
                }
            }
            assertEquals(own.resolve("launcher"), cgroup(server.pid()));
        }
    }

    /** In a cgroup of its own, as under systemd with {@code Delegate=yes}. */
    private ForkdServer serve(String model, String... more) throws Exception {
        List<String> options = new ArrayList<>(List.of("--listen=127.0.0.1:0", "--nice=15", "--drain-timeout=100ms"));
        options.addAll(Arrays.asList(more));
        if (model.equals("command")) {
            options.addAll(List.of("--", "/bin/sh", "-c", HogIT.SCRIPT));
        } else {
            options.addAll(List.of(
                    "--model=" + model,
                    "-J-Xmx1g",
                    "--handler=" + HogHandler.class.getName(),
                    "--classpath=" + EchoIT.testClasses()));
        }
        ForkdServer server = ForkdServer.launchUnder(inside(), options.toArray(String[]::new));
        server.await("listening", line -> line.startsWith("listening "));
        return server;
    }

    private List<String> inside() {
        return List.of("sh", "-c", "echo $$ >" + own + "/cgroup.procs && exec \"$@\"", "sh");
    }

    private static Path cgroup(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "cgroup")).stream()
                .filter(line -> line.startsWith("0::/"))
                .map(line -> mount.resolve(line.substring(4)))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> words(Path file) throws IOException {
        return List.of(Files.readString(file).strip().split(" ", -1));
    }

    private static long number(Path file) throws IOException {
        return Long.parseLong(Files.readString(file, StandardCharsets.US_ASCII).strip());
    }

    private static long usedMicros(Path cgroup) throws IOException {
        return stat(cgroup, "usage_usec ");
    }

    private static long throttled(Path cgroup) throws IOException {
        return stat(cgroup, "nr_throttled ");
    }

    private static long stat(Path cgroup, String key) throws IOException {
        return Files.readAllLines(cgroup.resolve("cpu.stat")).stream()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.substring(key.length())))
                .findFirst()
                .orElseThrow();
    }
}
