package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogLineTest {

    @Test
    void anEventMayBeWithoutFields() {
        assertEquals("stopped\n", new LogLine("stopped").toString());
    }

    @Test
    void fieldsStandInTheirOrder() {
        assertEquals("e b=1 a=2\n", new LogLine("e").field("b", 1).field("a", 2).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"echo", "127.0.0.1:7000", "[::1]:7000", "unix:/run/x.sock", "3/256", "unix:@x", "日本", "it's"})
    void aPlainValueIsBare(String value) {
        assertEquals(value, written(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two words", "a=b", "日 本"})
    void aValueThatWouldEndOrBeginAFieldIsQuoted(String value) {
        assertEquals('"' + value + '"', written(value));
    }

    @Test
    void quotesAndBackslashesAreEscaped() {
        assertEquals("\"say \\\"hi\\\"\"", written("say \"hi\""));
        assertEquals("\"a\\\\b\"", written("a\\b"));
    }

    @ParameterizedTest
    @CsvSource({"10, \\n", "13, \\r", "9, \\t", "0, \\u0000", "27, \\u001b", "127, \\u007f", "11, \\u000b"})
    void aControlCharacterIsEscaped(int character, String escaped) {
        assertEquals("\"x" + escaped + "y\"", written("x" + (char) character + "y"));
    }

    @Test
    void noControlCharacterCanBeginALineOfItsOwn() {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c <= 0x7f; c++) {
            all.append(c).append("stopped");
        }

        String line = new LogLine("warn").field("message", all).toString();

        String withoutItsEnd = line.substring(0, line.length() - 1);
        assertFalse(withoutItsEnd.chars().anyMatch(c -> c < ' ' || c == 0x7f));
    }

    /** The value as it stands in the line. */
    private static String written(String value) {
        String line = new LogLine("e").field("k", value).toString();
        return line.substring("e k=".length(), line.length() - 1);
    }
}
