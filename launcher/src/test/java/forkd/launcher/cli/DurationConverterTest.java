package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationConverterTest {
    private final DurationConverter converter = new DurationConverter();

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "30s, PT30S",
        "5m, PT5M",
        "1h, PT1H",
        "45, PT45S",
        "0, PT0S",
        "0ms, PT0S",
        "007s, PT7S",
        "90m, PT1H30M",
        "8760h, PT8760H",
        "31536000000ms, PT8760H",
        "0000000000001s, PT1S"
    })
    void aTimeIsReadAsPeopleWriteIt(String text, Duration time) {
        assertEquals(time, converter.convert(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "s", "ms", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1d", "1S", "1h30m", "PT5S", "٣s"})
    void anythingElseIsToldInOneLineThatNamesIt(String text) {
        TypeConversionException e = assertThrows(TypeConversionException.class, () -> converter.convert(text));

        assertEquals("'" + text + "' is not a time; expected 500ms, 30s, 5m or 1h", e.getMessage());
    }

    /** Whoever adds them up in nanoseconds has 64 bits for that, which are 292 years. */
    @ParameterizedTest
    @ValueSource(strings = {"8761h", "525601m", "31536001", "31536000001ms", "9999999h", "99999999999999999999s"})
    void noTimeIsLongerThanAYear(String text) {
        TypeConversionException e = assertThrows(TypeConversionException.class, () -> converter.convert(text));

        assertEquals("'" + text + "' is more than 8760h, the most that is allowed", e.getMessage());
    }
}
