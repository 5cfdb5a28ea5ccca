package forkd.launcher.cli;

import forkd.launcher.freeze.ForkSupport;
import forkd.launcher.process.Confiner;
import forkd.launcher.process.ForkLauncher;
import forkd.launcher.process.ForkProbe;
import forkd.launcher.process.StemPolicy;
import forkd.launcher.process.WarmUpPlan;
import forkd.launcher.process.WorkerEnvironment;
import forkd.launcher.process.ZygoteJvm;
import forkd.posix.WaitStatus;
import forkd.worker.handler.CheckHandler;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code forkd doctor}: whether the fork model works here, what works in a forked worker, and what one costs. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Tells whether a running JVM can be forked on this machine, what works in a forked worker, and what one costs.",
            "Everything is tried and measured here and now; nothing is assumed."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the fork model works here", "1:it does not, or a check failed"})
final class DoctorCommand implements Callable<Integer> {
    private static final int MANY = 200;
    /** Limits that the checks reach quickly. */
    private static final List<String> SMALL = List.of("-Xmx256m", "-XX:MaxDirectMemorySize=64m");

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-J", "--java-option"},
            paramLabel = "OPTION",
            description = "An option for the JVM that is forked, as for serve.")
    private List<String> javaOptions = List.of();

    private PrintWriter out;
    private boolean healthy = true;

    @Override
    public Integer call() throws InterruptedException {
        out = spec.commandLine().getOut();
        out.println("Preconditions");
        ForkSupport.preconditions(javaOptions).forEach(condition -> {
            row(condition.name(), condition.met(), condition.finding());
        });
        if (!healthy) {
            return cannot();
        }
        out.println("Self-test");
        long start = System.nanoTime();
        ForkProbe made;
        try {
            made = new ForkProbe(launcher());
        } catch (IOException e) {
            row("stem", false, e.getMessage());
            return cannot();
        }
        try (ForkProbe probe = made) {
            row(
                    "stem",
                    true,
                    String.format(Locale.ROOT, "made and proven in %.2f s", (System.nanoTime() - start) / 1e9));
            out.println("In a forked worker");
            for (String check : CheckHandler.NAMES) {
                check(probe, check);
            }
            out.println("Costs");
            measure(probe);
        }
        out.println(healthy ? "The fork model works here." : "Some checks failed: see above.");
        return (healthy ? ExitCode.OK : ExitCode.FAILED).code();
    }

    private int cannot() {
        out.println("The fork model cannot be used here.");
        return ExitCode.FAILED.code();
    }

    private ForkLauncher launcher() {
        String handler = CheckHandler.class.getName();
        List<String> options = new ArrayList<>(SMALL);
        options.addAll(javaOptions);
        WorkerEnvironment environment = WorkerEnvironment.plain(System.getenv());
        return new ForkLauncher(
                ZygoteJvm.command(handler, WarmUpPlan.of(0), List.of(), Archives.folder(), options, environment),
                "doctor",
                environment,
                new StemPolicy(Integer.MAX_VALUE, OptionalInt.of(0), true),
                Confiner.NONE);
    }

    private void check(ForkProbe probe, String name) throws InterruptedException {
        try (ForkProbe.Probe worker = probe.start()) {
            long start = System.nanoTime();
            String answer = probe.ask(worker, name, PATIENCE);
            long millis = (System.nanoTime() - start) / 1_000_000;
            WaitStatus end = probe.end(worker);
            int expected = CheckHandler.exitStatus(name);
            boolean ended = end != null && end.exited() && end.exitCode() == expected;
            boolean ok = ended && answer != null && isGood(answer);
            String finding = answer == null ? "hung, and was killed" : answer + ", " + millis + " ms";
            row(name, ok, ended ? finding : finding + "; its end: " + (end == null ? "none" : describe(end)));
        } catch (IOException e) {
            row(name, false, e.getMessage());
        }
    }

    private static boolean isGood(String answer) {
        return answer.equals(CheckHandler.PASSED) || answer.startsWith(CheckHandler.NOT_HERE);
    }

    private static String describe(WaitStatus end) {
        return end.exited() ? "exit status " + end.exitCode() : end.signal().name();
    }

    private void measure(ForkProbe probe) throws InterruptedException {
        try {
            measureMany(probe);
        } catch (IOException e) {
            row("time and memory", false, e.getMessage());
        }
    }

    private void measureMany(ForkProbe probe) throws IOException, InterruptedException {
        List<ForkProbe.Probe> workers = new ArrayList<>();
        try {
            long[] nanos = new long[MANY];
            for (int i = 0; i < MANY; i++) {
                workers.add(probe.start());
                nanos[i] = workers.get(i).startNanos();
            }
            long kilobytes = 0;
            for (ForkProbe.Probe worker : workers) {
                kilobytes += ownMemory(worker.pid());
            }
            Arrays.sort(nanos);
            row(
                    "time per fork",
                    true,
                    String.format(
                            Locale.ROOT,
                            "%.2f ms median, %.2f ms at 99 %%, from the request to the worker's report (%d workers)",
                            nanos[MANY / 2] / 1e6,
                            nanos[MANY * 99 / 100] / 1e6,
                            MANY));
            row(
                    "memory of an idle worker",
                    true,
                    String.format(
                            Locale.ROOT,
                            "%.2f MB of its own: private pages and page tables, mean of %d",
                            kilobytes / 1024.0 / MANY,
                            MANY));
        } finally {
            workers.forEach(ForkProbe.Probe::close);
        }
        for (ForkProbe.Probe worker : workers) {
            if (probe.end(worker) == null) {
                row("end of a worker", false, worker.pid() + " does not end when its client goes");
            }
        }
    }

    private void row(String name, boolean ok, String finding) {
        healthy &= ok;
        out.printf(Locale.ROOT, "  %-26s %-5s %s%n", name, ok ? "ok" : "NO", finding);
        out.flush();
    }

    /** What ends with the process, in kB: its private pages and its page tables, proc(5). */
    private static long ownMemory(int pid) throws IOException {
        return sum(Path.of("/proc/" + pid + "/smaps_rollup"), List.of("Private_Clean:", "Private_Dirty:"))
                + sum(Path.of("/proc/" + pid + "/status"), List.of("VmPTE:"));
    }

    private static long sum(Path file, List<String> keys) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> keys.stream().anyMatch(line::startsWith))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }
}
