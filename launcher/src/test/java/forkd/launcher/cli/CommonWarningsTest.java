package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.launcher.process.WorkerStderr;
import forkd.launcher.server.ServedService;
import forkd.launcher.server.Service;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class CommonWarningsTest {
    @Test
    void aWarningOfSeveralServicesIsToldByTheFirst() {
        assertEquals(
                List.of(List.of(), List.of("x (services b, c)", "y"), List.of("z")),
                told(service("a"), service("b", "x", "y"), service("c", "z", "x")));
    }

    @Test
    void aServiceWithoutANameTellsItsOwn() {
        ServedService only =
                new ServedService(Optional.empty(), null, service("", "x", "y").service());

        assertEquals(List.of(List.of("x", "y")), told(only));
    }

    private static List<List<String>> told(ServedService... services) {
        return CommonWarnings.toldOnce(List.of(services)).stream()
                .map(served -> served.service().warnings())
                .toList();
    }

    private static ServedService service(String name, String... warnings) {
        return new ServedService(
                Optional.of(name),
                null,
                new Service(null, "command", "cat", WorkerStderr.LOG, OptionalInt.empty(), List.of(warnings)));
    }
}
