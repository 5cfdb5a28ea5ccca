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
        "90m, PT1H30M"
    })
    void aTimeIsReadAsPeopleWriteIt(String text, Duration time) {
        assertEquals(time, converter.convert(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s",
                "ms",
                "-1s",
                "+1s",
                "1.5s",
                "1 s",
                " 1s",
                "1s ",
                "1d",
                "1S",
                "1h30m",
                "PT5S",
                "1234567890",
                "٣s"
            })
    void anythingElseIsToldInOneLineThatNamesIt(String text) {
        TypeConversionException e = assertThrows(TypeConversionException.class, () -> converter.convert(text));

        assertEquals("'" + text + "' is not a time; expected 500ms, 30s, 5m or 1h", e.getMessage());
    }
}
