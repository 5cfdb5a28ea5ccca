package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.launcher.admission.AdmissionLimits;
import forkd.launcher.admission.Limit;
import forkd.launcher.admission.Overflow;
import forkd.launcher.admission.PenaltyRules;
import forkd.launcher.process.Leftovers;
import forkd.launcher.process.WorkerStderr;
import forkd.launcher.proxy.ProxyPolicy;
import forkd.launcher.server.ServedService;
import forkd.launcher.server.ServerConfig;
import forkd.posix.InetAddr;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What a server does that was told nothing else: the defaults of README.md and --help, in the objects that it uses. */
class DefaultsTest {
    @Test
    void connectionsBeyondTheMostWait() throws IOException {
        assertEquals(new Limit(256, Overflow.QUEUE), limits().connections());
        assertEquals(
                new Limit(9, Overflow.QUEUE), limits("--max-connections", "9").connections());
    }

    @ParameterizedTest
    @CsvSource({"256, 128", "9, 5", "8, 4", "2, 1", "1, 1"})
    void oneSourceGetsHalfAndTheRestOfItsConnectionsAreClosed(String most, int half) throws IOException {
        assertEquals(
                Optional.of(new Limit(half, Overflow.CLOSE)),
                limits("--max-connections", most).perSource());
    }

    @Test
    void aShareWithoutAPolicyCloses() throws IOException {
        assertEquals(
                Optional.of(new Limit(3, Overflow.CLOSE)),
                limits("--max-per-source", "3").perSource());
        assertEquals(Optional.empty(), limits("--max-per-source", "none").perSource());
    }

    /** One IPv4 address, and one IPv6 network of 64 bits. */
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.0, 192.0.2.1, false",
        "2001:db8::1, 2001:db8::ffff:ffff:ffff:ffff, true",
        "2001:db8::1, 2001:db8:0:1::1, false"
    })
    void aSourceIs(String one, String other, boolean same) throws IOException {
        AdmissionLimits limits = limits();

        assertEquals(
                same, limits.prefix().of(address(one)).equals(limits.prefix().of(address(other))));
    }

    @Test
    void administratorsHaveThreeSlotsWhereThereAreAny() throws IOException {
        assertEquals(0, limits().adminSlots());
        assertEquals(3, limits("--admin-from", "::1").adminSlots());
        assertEquals(1, limits("--admin-from", "::1", "--max-connections", "2").adminSlots());
    }

    @Test
    void aRateWithoutAPolicyLetsWait() throws IOException {
        assertTrue(limits("--rate", "5/s,9").rate().orElseThrow().overflow().queues());
        assertEquals(5, limits("--rate", "5/s").rate().orElseThrow().burst());
        assertEquals(Optional.empty(), limits().rate());
        assertEquals(Optional.empty(), limits().starting());
    }

    @Test
    void penaltiesCountFromFifteenSecondsAndUpToTenMinutes() throws IOException {
        PenaltyRules rules = limits("--penalty", "crash=1s").penalties();

        assertEquals(Duration.ofSeconds(15), rules.minimum());
        assertEquals(Duration.ofMinutes(10), rules.maximum());
        assertTrue(limits().penalties().times().isEmpty());
    }

    @Test
    void headersOfProxiesOnThisMachineAreAwaitedForFiveSeconds() throws IOException {
        ProxyPolicy proxy = config("--proxy-protocol", "required").proxy();

        assertEquals(Duration.ofSeconds(5), proxy.timeout());
        for (String trusted : List.of("127.0.0.1", "127.9.9.9", "::1")) {
            assertTrue(proxy.trusts(address(trusted)), trusted);
        }
        for (String stranger : List.of("128.0.0.1", "10.0.0.1", "::2")) {
            assertFalse(proxy.trusts(address(stranger)), stranger);
        }
    }

    @Test
    void whatElseNobodyHasAskedFor() throws IOException {
        ServerConfig config = config();

        assertEquals(1, config.listen().size());
        assertFalse(config.listen().get(0).isProxied());
        assertEquals(1024, config.backlog());
        assertEquals(Optional.empty(), config.times().lifetime());
        assertEquals(Optional.empty(), config.times().idle());
        assertEquals(Duration.ofSeconds(30), config.drainTimeout());
        assertEquals(Leftovers.KEEP, config.leftovers());
        assertEquals(WorkerStderr.LOG, served().service().stderr());
        assertTrue(served().service().user().isEmpty());
    }

    private static InetAddr address(String text) throws IOException {
        return InetAddr.of(InetAddress.getByName(text).getAddress(), 9);
    }

    private static AdmissionLimits limits(String... options) throws IOException {
        return config(options).limits();
    }

    private static ServerConfig config(String... options) throws IOException {
        return served(options).config();
    }

    private static ServedService served(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of("--", "/bin/cat"));
        ServeCommand serve = new ServeCommand();
        Forkd.configured(new CommandLine(serve)).parseArgs(arguments.toArray(String[]::new));
        return serve.prepare(Optional.empty());
    }
}
