package forkd.launcher.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How limits are written. */
class LimitTest {
    @ParameterizedTest
    @ValueSource(strings = {"1:queue", "256:close", "7:reject=Sorry, no: too many =) today"})
    void aLimitIsReadAsItIsWritten(String text) {
        assertEquals(text, Limit.parse(text, Overflow.QUEUE).toString());
    }

    @Test
    void aBareNumberHasTheUsualPolicy() {
        assertEquals(new Limit(3, Overflow.CLOSE), Limit.parse("3", Overflow.CLOSE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "0",
                "-1",
                "+1",
                "1.5",
                "1e3",
                "4194305",
                "99999999999",
                "٣",
                "5:",
                "5:drop",
                "5:reject",
                "5:reject=",
                "5:reject=a\nb",
                "5:QUEUE",
                " 5",
                "queue"
            })
    void whatIsNoLimitIsSaidInOneLine(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> Limit.parse(text, Overflow.QUEUE))
                .getMessage();
        assertTrue(message != null && !message.isBlank() && !message.contains("\n"), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "50/s,200 | 20000000 | 200",
                "3/s | 333333334 | 3",
                "30/m | 2000000000 | 30",
                "1/h,1 | 3600000000000 | 1",
                "1000000/s,1000000 | 1000 | 1000000"
            })
    void aRateIsAnIntervalAndABurst(String text, long interval, int burst) {
        Rate rate = Rate.parse(text);

        assertEquals(interval, rate.interval());
        assertEquals(burst, rate.burst());
        assertEquals(Overflow.QUEUE, rate.overflow());
        assertEquals(Overflow.CLOSE, Rate.parse(text + ":close").overflow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "50", "50/d", "0/s", "50/s,0", "50/s,", "/s", "50/s:", "50/s,5,5", "2000000/s", "50/s 5"})
    void whatIsNoRateIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Rate.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "10:30:100, 9, 0", "10:30:100, 10, 30", "10:30:100, 55, 65", "10:30:100, 99, 99", "10:30:100, 100, 100",
        "10:30:100, 5000, 100", "5, 4, 0", "5, 5, 100", "5:100:5, 5, 100", "1:1:1000000, 999999, 99"
    })
    void theChanceToBeDroppedGrows(String limit, int starting, int percent) {
        assertEquals(percent, StartingLimit.parse(limit).dropPercent(starting));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10:30", "10:0:100", "10:101:100", "10:30:9", "0:30:100", "a:b:c", "10:30:100:close"})
    void whatIsNoLimitOfStartingOnesIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> StartingLimit.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "32", "33,64", "32,129", "-1,64", "32,", "32,64,1"})
    void whatIsNoPrefixIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> SourcePrefix.parse(text));
    }
}
