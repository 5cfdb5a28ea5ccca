package forkd.launcher.cli;

import forkd.launcher.access.Cidr;
import forkd.launcher.proxy.ProxyMode;
import forkd.launcher.proxy.ProxyPolicy;
import forkd.launcher.server.ListenSpec;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where to listen, and what stands before the listeners. */
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
                "Options of all: name=NAME (for the log and FORKD_LISTENER), backlog=N, proxy-protocol=required|off."
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

    @Option(
            names = "--proxy-protocol",
            paramLabel = "required|off",
            defaultValue = "off",
            description = {
                "required: connections begin with a PROXY header, version 1 or 2, of a load balancer; the address in it is the"
                        + " client's for rules, limits, workers and the log. One without is ended. For all listeners that do not"
                        + " say it themselves.",
                "Default: ${DEFAULT-VALUE}."
            })
    private ProxyMode proxyProtocol;

    @Option(
            names = "--proxy-from",
            paramLabel = "CIDR",
            arity = "1",
            split = ",",
            converter = CidrConverter.class,
            description = {
                "Whose PROXY headers are believed: addresses or blocks, separated by commas. May be given several times.",
                "Default: 127.0.0.0/8,::1."
            })
    private List<Cidr> proxyFrom = List.of();

    @Option(
            names = "--proxy-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long a PROXY header may take. Default: 5s.")
    private Duration proxyTimeout;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    List<ListenSpec> listen() {
        List<ListenSpec> specs =
                listen.stream().map(one -> one.withProxyDefault(proxyProtocol)).toList();
        if (!isProxied(specs) && (!proxyFrom.isEmpty() || proxyTimeout != null)) {
            throw Usage.error(
                    spec,
                    "--proxy-from and --proxy-timeout are for listeners with --proxy-protocol required, and there is none");
        }
        return specs;
    }

    private static boolean isProxied(List<ListenSpec> specs) {
        return specs.stream().anyMatch(ListenSpec::isProxied);
    }

    ProxyPolicy proxy() {
        return new ProxyPolicy(
                proxyFrom.isEmpty() ? ProxyPolicy.LOCAL : proxyFrom,
                proxyTimeout == null ? ProxyPolicy.TIMEOUT : proxyTimeout);
    }

    void effective(EffectiveValues values) {
        if (isProxied(listen())) {
            values.putAll("proxy-from", proxy().from());
            values.put("proxy-timeout", DurationConverter.text(proxy().timeout()));
        }
    }

    int backlog() {
        return Usage.atLeastOne(spec, "--backlog", backlog);
    }
}
