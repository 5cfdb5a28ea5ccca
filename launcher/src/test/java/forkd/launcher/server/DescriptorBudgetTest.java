package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.launcher.access.Access;
import forkd.launcher.admission.AdmissionLimits;
import forkd.launcher.admission.Limit;
import forkd.launcher.admission.Overflow;
import forkd.launcher.process.CommandProgram;
import forkd.launcher.process.Confiner;
import forkd.launcher.process.Leftovers;
import forkd.launcher.process.SpawnLauncher;
import forkd.launcher.process.WorkerEnvironment;
import forkd.launcher.process.WorkerStderr;
import forkd.launcher.proxy.ProxyMode;
import forkd.launcher.proxy.ProxyPolicy;
import forkd.posix.ErrnoException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How many workers the launcher's descriptors suffice for. */
class DescriptorBudgetTest {
    /** 160 are kept for what comes and goes, 40 are open, 1 is the listener's. */
    private static final int OTHERS = 160 + 40 + 1;

    /** Of pipes that are held at both ends. */
    private static final int ENDS = 64;

    /** So many may wait in any case. */
    private static final int LEAST = 64;

    @Test
    void whereThereAreEnoughNothingChanges() throws ErrnoException {
        List<ServedService> services = List.of(service(256, WorkerStderr.LOG, ProxyMode.OFF));

        assertSame(services, new DescriptorBudget(OTHERS + ENDS + 512, 40).fit(services));
        assertSame(services, new DescriptorBudget(Long.MAX_VALUE, 40).fit(services));
    }

    @Test
    void whereThereAreNotThereAreFewerWorkersAndAWarning() throws ErrnoException {
        ServedService fit = fit(OTHERS + ENDS + 511, service(256, WorkerStderr.LOG, ProxyMode.OFF));

        assertEquals(255, connections(fit));
        assertEquals(
                List.of("--max-connections is 255 here and not 256: each takes 2 descriptors of the launcher,"
                        + " which may have 776 (ulimit -n)"),
                fit.service().warnings());
    }

    @Test
    void aConnectionWithAProxyHeaderTakesOneMore() throws ErrnoException {
        assertEquals(100, connections(fit(OTHERS + ENDS + 300, service(256, WorkerStderr.LOG, ProxyMode.REQUIRED))));
    }

    @Test
    void workersThatInheritStandardErrorTakeOneLess() throws ErrnoException {
        ServedService fit = fit(OTHERS + 256, service(256, WorkerStderr.INHERIT, ProxyMode.OFF));

        assertEquals(256, connections(fit));
        assertTrue(fit.service().warnings().isEmpty());
    }

    @Test
    void oneWorkerThereAlwaysIs() throws ErrnoException {
        assertEquals(1, connections(fit(64, service(256, WorkerStderr.LOG, ProxyMode.OFF))));
    }

    @Test
    void servicesShareThemAsTheyHaveAskedForThem() throws ErrnoException {
        List<ServedService> fit = new DescriptorBudget(OTHERS + 1 + 2 * ENDS + 400, 40)
                .fit(List.of(
                        service(300, WorkerStderr.LOG, ProxyMode.OFF), service(100, WorkerStderr.LOG, ProxyMode.OFF)));

        assertEquals(
                List.of(150, 50),
                fit.stream().map(DescriptorBudgetTest::connections).toList());
    }

    @Test
    void theUsualShareIsHalfOfWhatFits() throws ErrnoException {
        ServedService usual = service(AdmissionLimits.of(256).withUsualShare(), WorkerStderr.LOG, ProxyMode.OFF);

        AdmissionLimits fit = fit(OTHERS + ENDS + 142, usual).config().limits();

        assertEquals(71, fit.connections().number());
        assertEquals("36:close", fit.perSource().orElseThrow().toString());
    }

    @Test
    void aShareThatWasGivenStays() throws ErrnoException {
        AdmissionLimits fit =
                fit(OTHERS + ENDS + LEAST + 142, queueing(256)).config().limits();

        assertEquals(71, fit.connections().number());
        assertEquals("20:queue", fit.perSource().orElseThrow().toString());
    }

    @Test
    void thoseThatWaitGetWhatWorkersLeave() throws ErrnoException {
        ServedService enough = queueing(300);
        assertSame(
                enough,
                new DescriptorBudget(OTHERS + ENDS + 600 + 300, 40)
                        .fit(List.of(enough))
                        .get(0));

        ServedService fit = fit(OTHERS + ENDS + 600 + 299, queueing(300));

        assertEquals(300, connections(fit));
        assertEquals(299, fit.config().limits().maxWaiting());
        assertEquals(
                List.of(
                        "no more than 299 connections wait accepted here: each takes a descriptor of the launcher, which"
                                + " may have 1164 (ulimit -n)"),
                fit.service().warnings());
    }

    @Test
    void someMayWaitEvenWhereThereAreTooFewForWorkers() throws ErrnoException {
        ServedService fit = fit(OTHERS + ENDS + LEAST + 200, queueing(300));

        assertEquals(100, connections(fit));
        assertEquals(LEAST, fit.config().limits().maxWaiting());
        assertEquals(2, fit.service().warnings().size());
    }

    @Test
    void theBudgetOfThisProcessIsNotEmpty() throws ErrnoException {
        DescriptorBudget own = DescriptorBudget.read();

        assertTrue(own.open() > 2 && own.open() < own.most(), own::toString);
    }

    private static ServedService fit(long most, ServedService service) {
        return new DescriptorBudget(most, 40).fit(List.of(service)).get(0);
    }

    private static int connections(ServedService service) {
        return service.config().limits().connections().number();
    }

    /** A source may have 20 connections, and as many that wait. */
    private static ServedService queueing(int connections) throws ErrnoException {
        AdmissionLimits all = AdmissionLimits.of(connections);
        AdmissionLimits limits = new AdmissionLimits(
                all.connections(),
                Optional.of(Limit.parse("20:queue", Overflow.CLOSE)),
                all.prefix(),
                all.rate(),
                all.starting(),
                all.admins(),
                all.adminSlots(),
                all.penalties(),
                all.maxWaiting());
        return service(limits, WorkerStderr.LOG, ProxyMode.OFF);
    }

    private static ServedService service(int connections, WorkerStderr stderr, ProxyMode proxy) throws ErrnoException {
        return service(AdmissionLimits.of(connections), stderr, proxy);
    }

    private static ServedService service(AdmissionLimits limits, WorkerStderr stderr, ProxyMode proxy)
            throws ErrnoException {
        SpawnLauncher launcher = new SpawnLauncher(
                new CommandProgram(List.of("/bin/cat"), null),
                new WorkerEnvironment(Map.of(), List.of(), Map.of(), Set.of()),
                Confiner.NONE);
        ServerConfig config = new ServerConfig(
                List.of(ListenSpec.parse("127.0.0.1:0").withProxyDefault(proxy)),
                16,
                new ProxyPolicy(ProxyPolicy.LOCAL, ProxyPolicy.TIMEOUT),
                limits,
                WorkerTimes.UNLIMITED,
                Access.open(),
                Duration.ZERO,
                Leftovers.KEEP);
        return new ServedService(
                Optional.empty(),
                config,
                new Service(launcher, "command", "/bin/cat", stderr, OptionalInt.empty(), List.of()));
    }
}
