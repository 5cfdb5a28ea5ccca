package forkd.launcher.server;

/** Builds one logfmt line: {@code event key=value key="a value"}. */
final class LogLine {
    private final StringBuilder text;

    LogLine(String event) {
        text = new StringBuilder(event);
    }

    LogLine field(String key, long value) {
        text.append(' ').append(key).append('=').append(value);
        return this;
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
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c == '"' || c == '=' || c == '\\' || isUnsafe(c)) {
                return false;
            }
        }
        return !value.isEmpty();
    }

    /** What a terminal or a reader of lines may take for more than text: C0 and C1 controls, and Unicode's line ends. */
    private static boolean isUnsafe(int c) {
        return Character.isISOControl(c) || c == 0x2028 || c == 0x2029;
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
                    if (isUnsafe(c)) {
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
