package forkd.launcher.it.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Processes that the worker starts. */
final class Programs {
    private Programs() {}

    public static void outputAndExitStatus() throws Exception {
        Process process = new ProcessBuilder("/bin/sh", "-c", "echo out; echo err >&2; exit 7").start();
        Check.equal("out\n", new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        Check.equal("err\n", new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
        Check.that(process.waitFor(5, TimeUnit.SECONDS), "its end is not seen");
        Check.equal(7, process.exitValue());
    }

    public static void inputAndOutput() throws Exception {
        Process process = new ProcessBuilder("/bin/cat").start();
        try (var in = process.getOutputStream()) {
            in.write("through cat".getBytes(StandardCharsets.UTF_8));
        }
        Check.equal("through cat", new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        Check.equal(0, process.onExit().get(5, TimeUnit.SECONDS).exitValue());
    }

    public static void severalAtOnce() throws Exception {
        List<Process> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(new ProcessBuilder("/bin/sh", "-c", "exit " + i).start());
        }
        for (int i = 0; i < all.size(); i++) {
            Check.equal(i, all.get(i).waitFor());
        }
    }

    public static void aKilledOne() throws Exception {
        Process process = new ProcessBuilder("/bin/sleep", "60").start();
        process.destroyForcibly();
        Check.equal(128 + 9, process.waitFor());
    }

    public static void oneThatIsNotThere() throws IOException {
        try {
            new ProcessBuilder("/nowhere").start();
        } catch (IOException e) {
            Check.that(e.getMessage().contains("No such file"), e.getMessage());
            return;
        }
        throw new AssertionError("started");
    }
}
