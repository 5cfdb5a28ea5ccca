package forkd.launcher.cli;

import forkd.launcher.server.ListenSpec;
import java.util.List;
import picocli.CommandLine.Option;

/** Where to listen. */
final class ListenerOptions {
    @Option(
            names = {"-l", "--listen"},
            paramLabel = "ADDR[,OPTION]…",
            converter = ListenSpecConverter.class,
            defaultValue = "127.0.0.1:7000",
            description = {
                "Where to listen: HOST:PORT, [V6]:PORT, *:PORT (IPv4 and IPv6), unix:PATH or unix:@ABSTRACT; port 0 takes any"
                        + " free one. Or a listening socket that is there already: fd:N, or systemd, systemd:NAME"
                        + " (LISTEN_FDS).",
                "Options of all: name=NAME (for the log and FORKD_LISTENER), backlog=N."
                        + " Of TCP: nodelay, keepalive[=SECONDS], keepalive-interval=SECONDS, keepalive-count=N, reuseport."
                        + " Of unix:PATH: owner=USER, group=GROUP, mode=0660.",
                "May be given several times. Default: ${DEFAULT-VALUE}."
            })
    private List<ListenSpec> listen;

    @Option(
            names = "--backlog",
            paramLabel = "N",
            defaultValue = "1024",
            description = {
                "How many connections may wait in the kernel until they are accepted; net.core.somaxconn caps it.",
                "Default: ${DEFAULT-VALUE}."
            })
    private int backlog;

    List<ListenSpec> listen() {
        return listen;
    }

    int backlog() {
        return backlog;
    }
}
