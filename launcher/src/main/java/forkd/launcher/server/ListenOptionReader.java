package forkd.launcher.server;

import forkd.launcher.proxy.ProxyMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads the options behind an address of {@code --listen}. An option that the kind of socket does not have is an error. */
final class ListenOptionReader {
    /** What options a socket can have depends on what it is. */
    enum Kind {
        TCP(
                "a TCP socket",
                "name, backlog, proxy-protocol, nodelay, keepalive, keepalive-interval, keepalive-count, reuseport"),
        UNIX("a Unix socket", "name, backlog, proxy-protocol, owner, group, mode"),
        ABSTRACT("an abstract Unix socket", "name, backlog, proxy-protocol"),
        INHERITED(
                "an inherited socket",
                "name, backlog, proxy-protocol, nodelay, keepalive, keepalive-interval, keepalive-count");

        private final String text;
        private final String options;

        Kind(String text, String options) {
            this.text = text;
            this.options = options;
        }

        private boolean has(String option) {
            return List.of(options.split(", ", -1)).contains(option);
        }
    }

    /** No colon: an address has one, and so a name is never taken for an address. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}");

    private static final Pattern MODE = Pattern.compile("0?[0-7]{3}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    /** MAX_TCP_KEEPIDLE and MAX_TCP_KEEPINTVL of the kernel. */
    private static final int MAX_KEEPALIVE_SECONDS = 32767;
    /** MAX_TCP_KEEPCNT. */
    private static final int MAX_KEEPALIVE_COUNT = 127;

    private final String text;
    private final Kind kind;
    private final Map<String, String> given;

    /**
     * @param text the whole value of --listen, for messages
     * @param given the options and their values; of one without a value the empty string
     */
    ListenOptionReader(String text, Kind kind, Map<String, String> given) {
        this.text = text;
        this.kind = kind;
        this.given = given;
    }

    /** @throws IllegalArgumentException with one line that says what is wrong */
    ListenOptions read() {
        for (String key : given.keySet()) {
            if (!kind.has(key)) {
                throw invalid("'" + key + "' is no option of " + kind.text + "; it has " + kind.options);
            }
        }
        return new ListenOptions(
                matching("name", NAME, "a name is letters, digits and _ . @ -, at most 64"),
                number("backlog", 1, Integer.MAX_VALUE),
                flag("reuseport"),
                flag("nodelay"),
                keepAlive(),
                new FileAccess(
                        value("owner"),
                        value("group"),
                        matching("mode", MODE, "a mode is octal, such as 0660")
                                .map(mode -> OptionalInt.of(Integer.parseInt(mode, 8)))
                                .orElse(OptionalInt.empty())),
                proxy());
    }

    private Optional<ProxyMode> proxy() {
        return value("proxy-protocol").map(mode -> switch (mode) {
            case "required" -> ProxyMode.REQUIRED;
            case "off" -> ProxyMode.OFF;
            default -> throw invalid("proxy-protocol is 'required' or 'off', not '" + mode + "'");
        });
    }

    private Optional<KeepAlive> keepAlive() {
        OptionalInt interval = number("keepalive-interval", 1, MAX_KEEPALIVE_SECONDS);
        OptionalInt count = number("keepalive-count", 1, MAX_KEEPALIVE_COUNT);
        if (!given.containsKey("keepalive")) {
            if (interval.isPresent() || count.isPresent()) {
                throw invalid("keepalive-interval and keepalive-count need keepalive");
            }
            return Optional.empty();
        }
        OptionalInt idle =
                given.get("keepalive").isEmpty() ? OptionalInt.empty() : number("keepalive", 1, MAX_KEEPALIVE_SECONDS);
        return Optional.of(new KeepAlive(idle, interval, count));
    }

    private boolean flag(String key) {
        String value = given.get(key);
        if (value != null && !value.isEmpty()) {
            throw invalid("'" + key + "' has no value");
        }
        return value != null;
    }

    private Optional<String> value(String key) {
        String value = given.get(key);
        if (value != null && value.isEmpty()) {
            throw invalid("'" + key + "' needs a value: " + key + "=…");
        }
        return Optional.ofNullable(value);
    }

    private Optional<String> matching(String key, Pattern form, String what) {
        Optional<String> value = value(key);
        if (value.isPresent() && !form.matcher(value.get()).matches()) {
            throw invalid("'" + value.get() + "': " + what);
        }
        return value;
    }

    private OptionalInt number(String key, int least, int most) {
        Optional<String> value = value(key);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!NUMBER.matcher(value.get()).matches()) {
            throw invalid(key + " is a number, not '" + value.get() + "'");
        }
        int number = Integer.parseInt(value.get());
        if (number < least || number > most) {
            throw invalid(key + " is " + least + " to " + most + ", not " + number);
        }
        return OptionalInt.of(number);
    }

    private IllegalArgumentException invalid(String why) {
        return ListenAddress.invalid(text, why);
    }
}
