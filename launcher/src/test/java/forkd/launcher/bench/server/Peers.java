package forkd.launcher.bench.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Other servers that give every connection a process of its own. Each is set up as well as it can be. */
public final class Peers {
    /** The note's own server in C. */
    public static final String NOTE = "note";

    /** D. J. Bernstein's. */
    public static final String TCPSERVER = "tcpserver";

    private static final String CAT = "/bin/cat";
    private static final String BACKLOG = "1024";

    private final Path note;
    private final Path folder;

    /**
     * The peers.
     *
     * @param note the compiled note.c
     * @param folder for the files that some of them need
     */
    public Peers(Path note, Path folder) {
        this.note = note;
        this.folder = folder;
    }

    /** fork(2) of a C program, which is as cheap as a process for each connection can be. */
    public ServerKind note() {
        return new ServerKind(
                NOTE,
                "note.c: fork of a C program",
                note.toString(),
                false,
                port -> List.of(note.toString(), word(port), BACKLOG));
    }

    /** fork and execve of cat. */
    public ServerKind tcpserver() {
        return new ServerKind(TCPSERVER, "tcpserver, cat", "tcpserver", false, port -> tcpserver(port, List.of(CAT)));
    }

    /** A command below tcpserver; it looks up no names, and its backlog is that of the others. */
    static List<String> tcpserver(int port, List<String> command) {
        List<String> all = new ArrayList<>(
                List.of("tcpserver", "-c", "1000", "-b", BACKLOG, "-H", "-R", "-l", "0", "127.0.0.1", word(port)));
        all.addAll(command);
        return all;
    }

    /** All but the two above. */
    public List<ServerKind> others() {
        return List.of(s6(), socat(), ncat(), xinetd(), systemd(), apache());
    }

    private static ServerKind s6() {
        return new ServerKind(
                "s6-tcpserver",
                "s6-tcpserver, cat",
                "s6-tcpserver",
                false,
                port -> List.of("s6-tcpserver", "-c", "1000", "-b", BACKLOG, "127.0.0.1", word(port), CAT));
    }

    /** Without nofork socat would stay between the client and cat. */
    private static ServerKind socat() {
        return new ServerKind(
                "socat",
                "socat, cat",
                "socat",
                false,
                port -> List.of(
                        "socat",
                        "TCP4-LISTEN:" + port + ",bind=127.0.0.1,reuseaddr,fork,backlog=" + BACKLOG,
                        "EXEC:" + CAT + ",nofork"));
    }

    /** Its backlog cannot be set: it is 10. */
    private static ServerKind ncat() {
        return new ServerKind(
                "ncat",
                "ncat, cat",
                "ncat",
                false,
                port -> List.of("ncat", "-l", "-k", "-m", "1000", "-e", CAT, "127.0.0.1", word(port)));
    }

    private ServerKind xinetd() {
        return new ServerKind("xinetd", "xinetd, cat", "xinetd", false, port -> {
            Path file = write("xinetd.conf", """
                    service bench
                    {
                        type = UNLISTED
                        socket_type = stream
                        protocol = tcp
                        bind = 127.0.0.1
                        port = %d
                        wait = no
                        user = %s
                        server = /bin/cat
                        instances = UNLIMITED
                        per_source = UNLIMITED
                        cps = 1000000 1
                    }
                    """.formatted(port, System.getProperty("user.name")));
            String program = Programs.find("xinetd").orElseThrow().toString();
            return List.of(
                    program,
                    "-dontfork",
                    "-f",
                    file.toString(),
                    "-pidfile",
                    folder.resolve("xinetd.pid").toString());
        });
    }

    private static ServerKind systemd() {
        return new ServerKind(
                "systemd",
                "systemd-socket-activate, cat",
                "systemd-socket-activate",
                false,
                port -> List.of("systemd-socket-activate", "-a", "--inetd", "-l", "127.0.0.1:" + port, CAT));
    }

    /** Processes forked ahead, one connection each, echo by mod_echo: the nearest that Apache has. */
    private ServerKind apache() {
        return new ServerKind("apache", "Apache prefork, mod_echo, one connection a child", "apache2", true, port -> {
            Path file = write("apache.conf", """
                    ServerRoot %1$s
                    DefaultRuntimeDir %1$s
                    PidFile %1$s/apache.pid
                    ErrorLog %1$s/logs/apache-error.log
                    ServerName localhost
                    User nobody
                    Group nogroup
                    Listen 127.0.0.1:%2$d
                    ListenBacklog 1024
                    LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so
                    LoadModule echo_module /usr/lib/apache2/modules/mod_echo.so
                    StartServers 128
                    MinSpareServers 128
                    MaxSpareServers 256
                    ServerLimit 512
                    MaxRequestWorkers 512
                    MaxConnectionsPerChild 1
                    ProtocolEcho On
                    """.formatted(folder, port));
            return List.of(
                    Programs.find("apache2").orElseThrow().toString(), "-D", "FOREGROUND", "-f", file.toString());
        });
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String word(int port) {
        return Integer.toString(port);
    }
}
