package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import forkd.launcher.process.WorkerStderr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** Constants as options have them. */
class LowerCaseConverterTest {
    private final WorkerOptions.StderrConverter converter = new WorkerOptions.StderrConverter();

    @Test
    void aConstantIsReadInLowerCase() {
        assertEquals(WorkerStderr.INHERIT, converter.convert("inherit"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "LOG", "logs", " log"})
    void anythingElseIsRefusedWithWhatThereIs(String text) {
        String message = assertThrows(TypeConversionException.class, () -> converter.convert(text))
                .getMessage();

        assertEquals("'" + text + "' is none of log, inherit", message);
    }
}
