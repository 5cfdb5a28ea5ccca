package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ByteSizeConverterTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "4096, 4096",
        "64K, 65536",
        "64m, 67108864",
        "2G, 2147483648",
        "1048576G, 1125899906842624",
        "1125899906842624, 1125899906842624"
    })
    void aSizeIsReadAsPeopleWriteIt(String text, long bytes) {
        assertEquals(bytes, ByteSizeConverter.parse(text, "is not a size"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "-1", "+1", "1.5G", "1 G", "1T", "1KB", "٣"})
    void anythingElseIsToldInOneLineThatNamesIt(String text) {
        assertEquals("'" + text + "' is not a size", refusal(text));
    }

    /** A pebibyte: 64 bits hold it, however it is counted together. */
    @ParameterizedTest
    @ValueSource(strings = {"1048577G", "1073741825M", "1099511627777k", "1125899906842625", "99999999999999999999"})
    void noSizeIsMoreThanAPebibyte(String text) {
        assertEquals("'" + text + "' is more than 1048576G, the most that is allowed", refusal(text));
    }

    private static String refusal(String text) {
        return assertThrows(TypeConversionException.class, () -> ByteSizeConverter.parse(text, "is not a size"))
                .getMessage();
    }
}
