package forkd.launcher.cli;

import forkd.launcher.config.ConfigEntry;
import forkd.launcher.config.ConfigEntry.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;

/** Keys of a config file as arguments of {@code forkd serve}. */
final class ConfigArguments {
    private final ServeOptions options;
    private final List<String> arguments = new ArrayList<>();
    private final List<String> command = new ArrayList<>();
    private final List<ConfigEntry> used = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    /** @param overridden the keys that the command line has, too */
    ConfigArguments(ServeOptions options, List<ConfigEntry> entries, Set<String> overridden) {
        this.options = options;
        for (ConfigEntry entry : entries) {
            if (entry.key().equals(ServeOptions.COMMAND)) {
                command(entry, overridden);
            } else {
                Optional<OptionSpec> option = options.option(entry.key());
                if (option.isEmpty()) {
                    unknown(entry);
                } else if (ServeOptions.keyOf(option.get())
                        .filter(overridden::contains)
                        .isEmpty()) {
                    option(entry, option.get());
                }
            }
        }
    }

    private void command(ConfigEntry entry, Set<String> overridden) {
        if (entry.kind() != Kind.LIST || entry.values().isEmpty()) {
            problem(entry, "is a list: the program, and each of its arguments, as in [\"/bin/cat\", \"-u\"]");
        } else if (!overridden.contains(ServeOptions.COMMAND)) {
            command.addAll(entry.texts());
            used.add(entry);
        }
    }

    private void option(ConfigEntry entry, OptionSpec option) {
        boolean many = option.isMultiValue();
        if (ServeOptions.isBoolean(option) && entry.kind() != Kind.BOOLEAN) {
            problem(entry, "is true or false");
        } else if (!ServeOptions.isBoolean(option) && entry.kind() == Kind.BOOLEAN) {
            problem(entry, "is not true or false: it takes " + option.paramLabel());
        } else if (!many && (entry.kind() == Kind.LIST || entry.kind() == Kind.TABLE)) {
            problem(entry, "has one value: " + option.paramLabel());
        } else {
            entry.texts().forEach(value -> arguments.add("--" + entry.key() + "=" + value));
            used.add(entry);
        }
    }

    private void unknown(ConfigEntry entry) {
        List<String> known = new ArrayList<>(options.keys());
        known.add(ServeOptions.COMMAND);
        String hint = Suggestion.of(entry.key(), known)
                .map(key -> "; did you mean '" + key + "'?")
                .orElse("; the keys are the long options of forkd serve");
        problems.add(entry.place() + ": there is no key '" + entry.key() + "'" + hint);
    }

    private void problem(ConfigEntry entry, String message) {
        problems.add(entry.place() + ": '" + entry.key() + "' " + message);
    }

    List<String> problems() {
        return problems;
    }

    /** The keys that have become arguments. */
    List<ConfigEntry> used() {
        return used;
    }

    /** All of it, with more options, which come from elsewhere. */
    List<String> with(List<String> more, List<String> otherCommand) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(more);
        all.add("--");
        all.addAll(otherCommand.isEmpty() ? command : otherCommand);
        return all;
    }
}
