package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Echoes lines, and takes what it can get where a line orders it. */
public final class HogHandler implements ConnectionHandler {
    private static final int MEGABYTE = 1 << 20;

    @Override
    public void handle(Connection connection) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(connection.input(), StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            switch (line) {
                case "loop" -> loop();
                case "memory" -> fill();
                case "bomb" -> bomb();
                case "garbage" -> System.gc();
                case "cgroup" -> line = Files.readString(Path.of("/proc/self/cgroup"));
                case "session" -> line = Long.toString(session());
                default -> {
                    // is echoed, and that is all
                }
            }
            connection.output().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    /**
     * All processes that there may be; what processor time they would take is the loop's part. It goes off when it is told to:
     * before that this process needs a thread to wait for it.
     */
    private static void bomb() throws IOException {
        Process perl = new ProcessBuilder("/usr/bin/perl", "-e", "<STDIN>; 1 while defined fork; sleep 60").start();
        perl.getOutputStream().write('\n');
        perl.getOutputStream().flush();
    }

    /** It leaves this worker's process group. */
    private static long session() throws IOException {
        return new ProcessBuilder("setsid", "sleep", "600")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .pid();
    }

    private static void loop() {
        while (true) {
            Thread.onSpinWait();
        }
    }

    private static void fill() {
        byte[][] all = new byte[MEGABYTE][];
        for (int i = 0; ; i++) {
            all[i] = new byte[MEGABYTE];
        }
    }
}
