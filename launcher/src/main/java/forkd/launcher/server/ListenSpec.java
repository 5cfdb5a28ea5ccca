package forkd.launcher.server;

import forkd.launcher.proxy.ProxyMode;
import forkd.posix.InetAddr;
import forkd.posix.UnixAddr;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One value of {@code --listen}: an address, and options behind commas. A comma or a backslash that belongs to a path stands
 * behind a backslash.
 *
 * @param source where the socket comes from
 * @param options what is set for it
 */
public record ListenSpec(ListenSource source, ListenOptions options) {

    /**
     * Reads it; a host name is looked up.
     *
     * @throws IllegalArgumentException with one line that says what is wrong
     */
    public static ListenSpec parse(String text) {
        List<String> parts = split(text);
        ListenSource source = ListenAddress.parseSource(parts.get(0));
        Map<String, String> given = new LinkedHashMap<>();
        for (String part : parts.subList(1, parts.size())) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part : part.substring(0, equals);
            if (given.put(key, equals < 0 ? "" : part.substring(equals + 1)) != null) {
                throw ListenAddress.invalid(text, "'" + key + "' is given twice");
            }
        }
        return new ListenSpec(source, new ListenOptionReader(text, kindOf(source), given).read());
    }

    /** The same, with this where it does not say itself whether there is a proxy. */
    public ListenSpec withProxyDefault(ProxyMode mode) {
        return options.proxy().isPresent() ? this : new ListenSpec(source, options.withProxy(mode));
    }

    /** Whether its connections begin with a PROXY header. */
    public boolean isProxied() {
        return options.isProxied();
    }

    private static ListenOptionReader.Kind kindOf(ListenSource source) {
        if (!(source instanceof ListenAddress address)) {
            return ListenOptionReader.Kind.INHERITED;
        }
        if (address.address() instanceof InetAddr) {
            return ListenOptionReader.Kind.TCP;
        }
        return ((UnixAddr) address.address()).isPath()
                ? ListenOptionReader.Kind.UNIX
                : ListenOptionReader.Kind.ABSTRACT;
    }

    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length() && ",\\".indexOf(text.charAt(i + 1)) >= 0) {
                part.append(text.charAt(++i));
            } else if (c == ',') {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString());
        return parts;
    }

    @Override
    public String toString() {
        return source.toString();
    }
}
