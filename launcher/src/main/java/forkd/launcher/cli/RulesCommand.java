package forkd.launcher.cli;

import picocli.CommandLine.Command;

/** {@code forkd rules}: what can be done with a file of access rules. */
@Command(
        name = "rules",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = RulesCheckCommand.class,
        synopsisSubcommandLabel = "check",
        description = {
            "Checks files of access rules, as 'forkd serve --rules FILE' reads them.",
            "",
            "One rule a line; the first that fits decides, and who fits none is denied:",
            "",
            "  deny  10.9.0.0/16 reject=\"go away\"",
            "  allow 10.0.0.0/8 2001:db8::/32 max-per-source=20 set ROLE=internal",
            "  allow uid:1000 gid:100      # clients of a Unix socket",
            "  allow * listener:127.0.0.1:7000",
            "",
            "Whom: an address, a block, unix, uid:N, gid:N, or * for everybody. listener:NAME is a condition.",
            "max-per-source=N limits the connections of one source, set NAME=VALUE sets a variable of the worker, reject=TEXT"
                    + " is what a denied client is told. # begins a comment.",
            ""
        })
final class RulesCommand {}
