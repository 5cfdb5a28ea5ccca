package forkd.launcher.cli;

import forkd.launcher.access.Access;
import forkd.launcher.access.IpLiteral;
import forkd.launcher.access.Peer;
import forkd.launcher.access.Rule;
import forkd.launcher.access.RulesException;
import forkd.launcher.access.RulesFile;
import forkd.launcher.access.Verdict;
import forkd.launcher.access.Who;
import forkd.launcher.process.WorkerEnvironment;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code forkd rules check}: tells what a file of rules decides, and why. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {"Checks a file of access rules, and prints what it decides about a client.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  forkd rules check access.rules 10.9.1.2",
            "  forkd rules check access.rules uid:1000 gid:100 --listener unix:/run/echo"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the client may connect; without a client: the file is valid",
            "1:it may not",
            "2:the file is not valid"
        })
final class RulesCheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file of rules.")
    private Path file;

    @Parameters(
            index = "1..*",
            paramLabel = "CLIENT",
            description = "An IPv4 or IPv6 address, or for a Unix socket: unix, uid:N, gid:N, or the two together.")
    private List<String> client = List.of();

    @Option(
            names = "--listener",
            paramLabel = "NAME",
            defaultValue = "",
            description =
                    "To which listener it connects, by the name that the listening event has. Default: one without rules"
                            + " of its own.")
    private String listener;

    @Override
    public Integer call() {
        Access access;
        try {
            access = Access.of(new RulesFile(file, WorkerEnvironment::isReserved));
        } catch (RulesException e) {
            e.problems().forEach(problem -> spec.commandLine().getErr().println("forkd: " + problem));
            return ExitCode.USAGE.code();
        }
        List<String> named = access.rules().rules().stream()
                .flatMap(rule -> rule.listeners().stream())
                .toList();
        access.doubts(named).forEach(doubt -> spec.commandLine().getErr().println("warning: " + doubt));
        PrintWriter out = spec.commandLine().getOut();
        if (client.isEmpty()) {
            out.println(file + ": " + access.rules().rules().size() + " rules");
            return ExitCode.OK.code();
        }
        Verdict verdict = access.rules().decide(peer(), listener);
        out.println((verdict.allowed() ? "allow" : "deny") + ": "
                + verdict.rule().map(this::shown).orElse("no rule fits"));
        return verdict.allowed() ? ExitCode.OK.code() : ExitCode.FAILED.code();
    }

    private String shown(Rule rule) {
        return file + ":" + rule.line() + ": " + rule;
    }

    private Peer peer() {
        long uid = Peer.Unix.UNKNOWN;
        long gid = Peer.Unix.UNKNOWN;
        try {
            if (client.size() == 1 && !client.get(0).equals(Who.Kind.UNIX.toString()) && !isId(client.get(0))) {
                return Peer.inet(IpLiteral.parse(client.get(0)));
            }
            for (String text : client) {
                Who who = Who.parse(text);
                if (who instanceof Who.Uid user) {
                    uid = user.id();
                } else if (who instanceof Who.Gid group) {
                    gid = group.id();
                } else if (who != Who.Kind.UNIX) {
                    throw new IllegalArgumentException("a client is one address, or unix, uid:N and gid:N");
                }
            }
        } catch (IllegalArgumentException e) {
            throw Usage.error(spec, e.getMessage());
        }
        return new Peer.Unix(uid, gid);
    }

    private static boolean isId(String text) {
        return text.startsWith(Who.UID) || text.startsWith(Who.GID);
    }
}
