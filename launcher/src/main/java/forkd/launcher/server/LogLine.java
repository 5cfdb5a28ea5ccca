package forkd.launcher.server;

/** Builds one logfmt line: {@code event key=value key="a value"}. */
final class LogLine {
    private final StringBuilder text;

    LogLine(String event) {
        text = new StringBuilder(event);
    }

    LogLine field(String key, Object value) {
        text.append(' ').append(key).append('=');
        String plain = String.valueOf(value);
        if (isBare(plain)) {
            text.append(plain);
        } else {
            quote(plain);
        }
        return this;
    }

    private static boolean isBare(String value) {
        return !value.isEmpty()
                && value.chars().allMatch(c -> c > ' ' && c != '"' && c != '=' && c != 0x7f && c != '\\');
    }

    /** Control characters are escaped: no value of a stranger's can begin a line of its own. */
    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    /** The line with its newline. */
    @Override
    public String toString() {
        return text + "\n";
    }
}
