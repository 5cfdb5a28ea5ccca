package forkd.launcher.cli;

import forkd.launcher.freeze.ZygoteCommand;
import forkd.launcher.process.PoolJvm;
import forkd.launcher.process.PoolRehearsal;
import forkd.launcher.process.WarmUpPlan;
import forkd.launcher.process.WorkerEnvironment;
import forkd.launcher.process.WorkerJvm;
import forkd.launcher.process.ZygoteJvm;
import forkd.launcher.process.ZygoteRehearsal;
import forkd.worker.handler.RehearsalHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * {@code forkd archive}: makes the start-up archives of the running JDK, with which a launcher, a fresh worker, a worker of
 * the pool and a zygote start faster. It lets a server with two services, model fork and model spawn, serve one connection each; the JVMs
 * of the server and of the spawned worker write their archives when they end. So do a JVM of the pool, which serves without
 * a server, and a zygote that is not split.
 */
@Command(
        name = "archive",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Makes the start-up archives (CDS, or the AOT cache) for the JDK that runs this.",
            "The forkd command calls this by itself, once for each JDK."
        })
final class ArchiveCommand implements Callable<Integer> {
    private static final long LIMIT_SECONDS = 120;
    private static final Pattern LISTENING = Pattern.compile("listening addr=127\\.0\\.0\\.1:(\\d+) .*");
    private static final String HANDLER = RehearsalHandler.class.getName();
    private static final int SERVICES = 2;

    /** The drain time, the handler, the handler, and an option of the spawned JVM. */
    private static final String CONFIG = """
            drain-timeout = "%ds"

            [service.fork]
            listen = ["127.0.0.1:0"]
            handler = "%s"

            [service.spawn]
            listen = ["127.0.0.1:0"]
            model = "spawn"
            handler = "%s"
            java-option = ["%s"]
            """;

    private static final byte[] WORDS = "a rehearsal\n".getBytes(StandardCharsets.US_ASCII);

    @Override
    public Integer call() throws IOException {
        Path folder = Archives.folder();
        if (folder == null) {
            throw new IOException("the archives have no folder; start this with bin/forkd");
        }
        Path making = folder.resolveSibling(
                folder.getFileName() + ".making-" + ProcessHandle.current().pid());
        Files.createDirectories(making);
        try {
            rehearse(making);
            // Two makers at once make the same thing: the second one finds the first one's folder and leaves it.
            if (!Files.exists(folder)) {
                Files.move(making, folder, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the main thread", e);
        } finally {
            delete(making);
        }
        return ExitCode.OK.code();
    }

    private static void rehearse(Path archives) throws IOException, InterruptedException {
        // By way of a config file, so that its reader is in the archive, too.
        Path config = Files.createTempFile("forkd-rehearsal", ".toml");
        try {
            Files.writeString(
                    config,
                    CONFIG.formatted(
                            LIMIT_SECONDS,
                            HANDLER,
                            HANDLER,
                            WorkerJvm.makeArchive(WorkerJvm.archive(archives, WorkerJvm.ARCHIVE))));
            rehearse(archives, config);
        } finally {
            Files.delete(config);
        }
        rehearsePool(archives);
        rehearseZygote(archives);
    }

    private static void rehearsePool(Path archives) throws IOException, InterruptedException {
        Path archive = WorkerJvm.archive(archives, PoolJvm.ARCHIVE);
        WorkerEnvironment environment = WorkerEnvironment.plain(System.getenv());
        ZygoteCommand command = PoolJvm.command(
                HANDLER, WarmUpPlan.of(0), List.of(), null, List.of(WorkerJvm.makeArchive(archive)), environment);
        awaitEnd(PoolRehearsal.run(command, HANDLER, environment, WORDS), archive);
    }

    private static void rehearseZygote(Path archives) throws IOException, InterruptedException {
        Path archive = WorkerJvm.archive(archives, ZygoteJvm.ARCHIVE);
        awaitEnd(
                ZygoteRehearsal.run(ZygoteJvm.command(
                        HANDLER,
                        WarmUpPlan.of(1),
                        List.of(),
                        null,
                        List.of(WorkerJvm.makeArchive(archive)),
                        WorkerEnvironment.plain(System.getenv()))),
                archive);
    }

    private static void awaitEnd(int pid, Path archive) throws IOException, InterruptedException {
        try {
            ProcessHandle.of(pid).orElseThrow().onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the rehearsal for " + archive.getFileName() + " did not end: " + e, e);
        }
        if (!Files.isReadable(archive)) {
            throw new IOException("the rehearsal did not write " + archive.getFileName());
        }
    }

    private static void rehearse(Path archives, Path config) throws IOException, InterruptedException {
        Process server = new ProcessBuilder(serverCommand(archives, config))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader log = server.errorReader(StandardCharsets.UTF_8)) {
            server.getOutputStream().close();
            for (int port : ports(log)) {
                talk(port);
            }
            server.toHandle().destroy(); // SIGTERM; Process.destroy would close our end of the log, too
            // The worker's JVM writes its archive while the server waits for its end; both fit into the drain time.
            String rest = String.join("\n", log.lines().toList());
            if (!server.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || server.exitValue() != 0) {
                throw new IOException("the rehearsal failed: " + rest);
            }
        } finally {
            server.destroyForcibly();
        }
    }

    /** This very JVM's command line, as bin/forkd made it, with another command at its end. */
    private static List<String> serverCommand(Path archives, Path config) {
        String[] own = ProcessHandle.current()
                .info()
                .arguments()
                .orElseThrow(() -> new IllegalStateException("/proc does not show our arguments"));
        List<String> command = new ArrayList<>();
        command.add(WorkerJvm.javaExecutable());
        command.add(WorkerJvm.makeArchive(WorkerJvm.archive(archives, Archives.LAUNCHER)));
        command.addAll(Arrays.asList(own).subList(0, own.length - 1));
        command.addAll(List.of("serve", "--config", config.toString()));
        return command;
    }

    private static List<Integer> ports(BufferedReader log) throws IOException {
        List<String> before = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            Matcher listening = LISTENING.matcher(line);
            if (listening.matches()) {
                ports.add(Integer.parseInt(listening.group(1)));
            }
            if (ports.size() == SERVICES) {
                return ports;
            }
            before.add(line);
        }
        throw new IOException("the rehearsal's server did not start: " + String.join("\n", before));
    }

    private static void talk(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(WORDS);
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            if (!Arrays.equals(in.readAllBytes(), WORDS)) {
                throw new IOException("the rehearsal's worker did not answer");
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
