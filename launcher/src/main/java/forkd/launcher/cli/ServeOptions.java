package forkd.launcher.cli;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options of {@code serve} as keys of a config file: their long names. Whatever option there is, is a key. */
final class ServeOptions {
    /** The key of what stands behind {@code --}. */
    static final String COMMAND = "command";

    static final String CONFIG = "config";

    private final Map<String, OptionSpec> byKey = new LinkedHashMap<>();

    ServeOptions(CommandSpec serve) {
        for (OptionSpec option : serve.options()) {
            if (!option.usageHelp() && !option.versionHelp()) {
                for (String name : option.names()) {
                    if (name.startsWith("--") && !name.equals("--" + CONFIG)) {
                        byKey.put(name.substring(2), option);
                    }
                }
            }
        }
    }

    Optional<OptionSpec> option(String key) {
        return Optional.ofNullable(byKey.get(key));
    }

    /** Every option once. */
    List<OptionSpec> all() {
        return byKey.values().stream().distinct().toList();
    }

    Collection<String> keys() {
        return byKey.keySet();
    }

    /** The key of an argument of the command line; empty for the help and the like. */
    static Optional<String> keyOf(ArgSpec argument) {
        if (argument instanceof OptionSpec option) {
            return option.longestName().startsWith("--")
                    ? Optional.of(option.longestName().substring(2))
                    : Optional.empty();
        }
        return Optional.of(COMMAND);
    }

    static boolean isBoolean(OptionSpec option) {
        return option.type() == boolean.class || option.type() == Boolean.class;
    }
}
