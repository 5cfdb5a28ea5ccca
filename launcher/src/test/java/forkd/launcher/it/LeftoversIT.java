package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that outlive their worker. */
@Timeout(120)
class LeftoversIT {
    /** Tells its pid and lives on, with the connection. */
    private static final String SCRIPT = "sleep 600 & echo $!";

    @Test
    void theyLiveOnAndKeepTheConnection() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--", "/bin/sh", "-c", SCRIPT);
                Socket client = server.connect()) {
            long left = number(client);
            server.await("end", line -> line.startsWith("end id=1 "));

            // The shell tells the pid as soon as it has forked: the child may not be sleep yet, but a shell before its
            // exec.
            Eventually.equal("sleep", () -> Processes.name(left));
            Commands.run("kill", "-KILL", Long.toString(left));
            assertEquals(-1, client.getInputStream().read());
        }
    }

    @Test
    void theyAreKilledWhereThatIsAsked() throws Exception {
        try (ForkdServer server =
                ForkdServer.serve("--leftovers", "kill", "-l", "127.0.0.1:0", "--", "/bin/sh", "-c", SCRIPT)) {
            for (int i = 0; i < 20; i++) {
                try (Socket client = server.connect()) {
                    long left = number(client);
                    assertEquals(-1, client.getInputStream().read(), "nobody has the connection any more");
                    Eventually.equal(false, () -> Processes.lives(left));
                }
            }
            server.await("end", line -> line.startsWith("end ") && line.contains(" exit=0 "), 20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fork", "pool"})
    void ofHandlersToo(String model) throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                "--leftovers=kill",
                "--model=" + model,
                "-l=127.0.0.1:0",
                "--handler=" + ShellHandler.class.getName(),
                "--classpath=" + EchoIT.testClasses())) {
            for (int i = 1; i <= 5; i++) {
                String answer = ForkServers.ask(server, "sleep 600 >/dev/null 2>&1 & echo $!");
                long left = Long.parseLong(answer.substring(0, answer.indexOf('\n')));
                Eventually.equal(false, () -> Processes.lives(left));
            }
            server.await("end", line -> line.startsWith("end ") && line.contains(" exit=0 "), 5);
            // Neither a stem nor a JVM that waits is in such a group.
            assertTrue(server.log().stream().noneMatch(line -> line.startsWith("warn message=\"the stem")));
        }
    }

    @Test
    void aForkBombDoesNotOutliveItsWorker() throws Exception {
        PrivilegesIT.asRoot();
        String user = "64124";
        try (ForkdServer server = ForkdServer.serve(
                "--leftovers=kill",
                "-l=127.0.0.1:0",
                "--user=" + user,
                "--group=" + user,
                "--rlimit=nproc=60",
                "--nice=15",
                "--",
                "/bin/sh",
                "-c",
                "perl -e 'fork while 1' & read line")) {
            try (Socket client = server.connect()) {
                Eventually.equal(true, () -> processesOf(user) > 40);
                client.shutdownOutput();
                server.await("end", line -> line.startsWith("end id=1 "));
                Eventually.equal(0L, () -> processesOf(user));
            }
        } finally {
            Commands.run("pkill", "-KILL", "-u", user);
        }
    }

    private static long processesOf(String user) throws Exception {
        return Commands.run("ps", "-o", "stat=", "-U", user)
                .output()
                .lines()
                .filter(state -> !state.startsWith("Z"))
                .count();
    }

    private static long number(Socket client) throws Exception {
        StringBuilder digits = new StringBuilder();
        for (int c = client.getInputStream().read();
                c != '\n';
                c = client.getInputStream().read()) {
            digits.append((char) c);
        }
        return Long.parseLong(digits.toString());
    }
}
