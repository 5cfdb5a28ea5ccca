package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.launcher.admission.Admission;
import forkd.launcher.admission.AdmissionLimits;
import forkd.launcher.admission.Arrival;
import forkd.launcher.admission.Limit;
import forkd.launcher.admission.Load;
import forkd.launcher.admission.Offence;
import forkd.launcher.admission.Overflow;
import forkd.launcher.admission.Penalty;
import forkd.launcher.admission.PenaltyRules;
import forkd.launcher.admission.Source;
import forkd.launcher.admission.SourcePrefix;
import forkd.launcher.process.Worker;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.WaitStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a source pays for, by the status of its worker as waitpid(2) tells it. */
class WorkerEndsTest {
    private final List<Penalty> begun = new ArrayList<>();

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "0x0000, -, -",
                "0x0100, -, EXIT",
                "0x8f00, -, EXIT",
                "0x000b, -, CRASH",
                "0x0009, -, CRASH",
                "0x000d, -, -",
                "0x000f, max-lifetime, TIMEOUT",
                "0x0000, idle-timeout, TIMEOUT"
            })
    void anEndIsAnOffenceOrIsNot(String status, String reason, Offence offence) throws ErrnoException {
        try (WakePipe wake = new WakePipe()) {
            Admission admission = new Admission(limits(), () -> 0, begun::add, 0);
            admission.decide(
                    new Arrival(1, Optional.of(new Source.User(5)), false, OptionalInt.empty()),
                    new Load(0, 0, true),
                    0);

            new WorkerEnds(
                            admission,
                            worker -> Optional.ofNullable(reason),
                            (id, pid, then) -> then.run(),
                            new RecordedLog().log(),
                            new EndWake(wake))
                    .ended(new Worker(77, 1, 0), new WaitStatus(Integer.decode(status)));

            assertEquals(
                    Optional.ofNullable(offence).stream().toList(),
                    begun.stream().map(Penalty::offence).toList());
        }
    }

    @Test
    void thatEndsAreSeenLateIsToldOnceForEachReason() throws ErrnoException {
        try (WakePipe wake = new WakePipe()) {
            RecordedLog recorded = new RecordedLog();
            WorkerEnds ends = new WorkerEnds(
                    new Admission(limits(), () -> 0, begun::add, 0),
                    worker -> Optional.empty(),
                    (id, pid, then) -> then.run(),
                    recorded.log(),
                    new EndWake(wake));

            ends.notWatched(new ErrnoException("pidfd_open(7)", Errno.EMFILE));
            ends.notWatched(new ErrnoException("pidfd_open(8)", Errno.EMFILE));
            ends.notWatched(new ErrnoException("pidfd_open(9)", Errno.ENOMEM));

            String line = "warn message=\"the end of a worker will be seen up to a second late: ";
            assertEquals(
                    List.of(
                            line + "pidfd_open(7) failed: EMFILE (Too many open files)\"\n",
                            line + "pidfd_open(9) failed: ENOMEM (Cannot allocate memory)\"\n"),
                    recorded.writes());
        }
    }

    private static AdmissionLimits limits() {
        Duration long1 = Duration.ofMinutes(1);
        return new AdmissionLimits(
                new Limit(10, Overflow.QUEUE),
                Optional.empty(),
                SourcePrefix.USUAL,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                0,
                new PenaltyRules(
                        Map.of(Offence.CRASH, long1, Offence.EXIT, long1, Offence.TIMEOUT, long1),
                        Duration.ZERO,
                        Duration.ofHours(1)),
                10);
    }
}
