package forkd.launcher.cli;

import forkd.launcher.config.ConfigEntry;
import forkd.launcher.config.ConfigEntry.Value;
import forkd.posix.ErrnoException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.ParameterException;

/**
 * Where in a config file that stands which is wrong about a service: the element of a list where one is to blame, else its
 * key, else the service.
 *
 * @param name of the service; empty where the file has one only
 * @param entries what the file says and the command line does not say otherwise
 * @param given the keys of the command line, which have no place in the file
 * @param place of the service
 */
record Places(Optional<String> name, List<ConfigEntry> entries, Set<String> given, String place) {
    private static final Pattern OPTION = Pattern.compile("--([a-z][a-z0-9-]*)");
    private static final Pattern CALL = Pattern.compile("(\\w+)(?:\\((.*)\\))?", Pattern.DOTALL);

    /** Why a call is made while workers are prepared, the likeliest key first; what is not here has no key. */
    private static final Map<String, List<String>> KEYS_OF_CALLS = Map.ofEntries(
            Map.entry("execute", List.of(ServeOptions.COMMAND)),
            Map.entry("access", List.of("chroot", ServeOptions.COMMAND)),
            Map.entry("chroot", List.of("chroot")),
            Map.entry("chdir", List.of("chdir")),
            Map.entry("setrlimit", List.of("rlimit")),
            Map.entry("setpriority", List.of("nice")),
            Map.entry("setgroups", List.of("user", "group")),
            Map.entry("setresgid", List.of("group", "user")),
            Map.entry("setresuid", List.of("user")),
            Map.entry("prctl", List.of("capabilities-drop", "user")),
            Map.entry("seccomp", List.of("sandbox")),
            Map.entry("landlock_create_ruleset", List.of("sandbox", "sandbox-read", "sandbox-write")),
            Map.entry("landlock_add_rule", List.of("sandbox-read", "sandbox-write")));

    /** Files are opened for many keys: only that counts which names the file. */
    private static final Map<String, List<String>> KEYS_OF_FILES = Map.of(
            "open",
                    List.of(
                            "sandbox-read",
                            "sandbox-write",
                            "classpath",
                            "warm-up-input",
                            "warm-up-classes",
                            "oom-score-adj"),
            "write", List.of("oom-score-adj", "memory-max", "pids-max", "cpu-max"));

    /** The message with the place of what it is about: the option that it carries, or the first that it mentions. */
    String tell(ParameterException e) {
        if (e.getCause() instanceof ErrnoException call) {
            return before(call) + e.getMessage();
        }
        Optional<ConfigEntry> entry = key(e.getArgSpec()).flatMap(this::entry);
        boolean elsewhere = key(e.getArgSpec()).filter(given::contains).isPresent();
        Matcher mentioned = OPTION.matcher(String.valueOf(e.getMessage()));
        while (entry.isEmpty() && mentioned.find()) {
            entry = entry(mentioned.group(1));
            elsewhere |= given.contains(mentioned.group(1));
        }
        if (entry.isPresent()) {
            return place(entry.get(), e) + ": " + e.getMessage();
        }
        return elsewhere ? e.getMessage() : place + ": " + e.getMessage();
    }

    /** The message with place and name of the key that the call was made for. */
    String tell(ErrnoException e) {
        return before(e) + e.getMessage();
    }

    private String before(ErrnoException e) {
        Matcher call = CALL.matcher(e.call());
        String function = call.matches() ? call.group(1) : "";
        String on = call.matches() && call.group(2) != null ? call.group(2) : "";
        List<String> keys = KEYS_OF_CALLS.getOrDefault(function, List.of());
        List<String> fileKeys = KEYS_OF_FILES.getOrDefault(function, List.of());
        Optional<String> where = Stream.concat(keys.stream(), fileKeys.stream())
                .flatMap(key ->
                        entry(key).flatMap(entry -> naming(entry, on)).map(value -> at(value.place(), key)).stream())
                .findFirst()
                .or(() -> keys.stream()
                        .flatMap(key -> entry(key).map(entry -> at(entry.place(), key)).stream())
                        .findFirst());
        if (where.isEmpty() && Stream.concat(keys.stream(), fileKeys.stream()).anyMatch(given::contains)) {
            return "";
        }
        return where.orElse(name.map(service -> place + ": service " + service).orElse(place)) + ": ";
    }

    /** As {@code FILE:LINE:COLUMN: 'chdir' of service web}. */
    private String at(String where, String key) {
        return where + ": '" + key + "'"
                + name.map(service -> " of service " + service).orElse("");
    }

    /** The value that names what a call was made on: the same text or file, a limit of that name, the system's file itself. */
    private static Optional<Value> naming(ConfigEntry entry, String on) {
        boolean systemsFile = on.contains(entry.key().replace('-', '_'))
                || on.contains(entry.key().replace('-', '.'));
        return entry.values().stream()
                .filter(value -> systemsFile
                        || value.text().equals(on)
                        || isSameFile(value.text(), on)
                        || (on.indexOf('=') > 0 && value.text().startsWith(on.substring(0, on.indexOf('=') + 1))))
                .findFirst();
    }

    private static boolean isSameFile(String one, String other) {
        return !one.isEmpty()
                && Path.of(one)
                        .toAbsolutePath()
                        .normalize()
                        .equals(Path.of(other).toAbsolutePath().normalize());
    }

    /** The element that picocli or an option names; the key's place where none is named. */
    private static String place(ConfigEntry entry, ParameterException e) {
        return entry.values().stream()
                .filter(value -> hasPart(value.text(), e))
                .map(Value::place)
                .findFirst()
                .orElse(entry.place());
    }

    private static boolean hasPart(String text, ParameterException e) {
        if (e.getValue() == null) {
            return false;
        }
        String regex = e.getArgSpec() == null ? "" : e.getArgSpec().splitRegex();
        return text.equals(e.getValue())
                || (!regex.isEmpty() && Arrays.asList(text.split(regex, -1)).contains(e.getValue()));
    }

    private static Optional<String> key(ArgSpec argument) {
        return argument == null ? Optional.empty() : ServeOptions.keyOf(argument);
    }

    private Optional<ConfigEntry> entry(String key) {
        return entries.stream().filter(entry -> entry.key().equals(key)).findFirst();
    }
}
