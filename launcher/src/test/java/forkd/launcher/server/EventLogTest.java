package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.launcher.admission.Refusal;
import forkd.launcher.process.Incoming;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.InetAddr;
import forkd.posix.SocketAddr;
import forkd.posix.UnixAddr;
import forkd.posix.WaitStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines are an interface: scripts wait for them. */
class EventLogTest {
    private static final InetAddr PEER = InetAddr.of(new byte[] {127, 0, 0, 1}, 53_412);

    private final RecordedLog recorded = new RecordedLog();
    private final EventLog log = recorded.log();

    @ParameterizedTest
    @CsvSource({
        "0, 0.000",
        "499999, 0.000",
        "500000, 0.001",
        "999499999, 0.999",
        "999500000, 1.000",
        "61005000000, 61.005",
        "86400000000000, 86400.000"
    })
    void secondsAreRoundedToTheNearestThousandth(long nanos, String seconds) {
        assertEquals(seconds, EventLog.seconds(nanos));
    }

    @Test
    void listeningNamesTheAddressTheModelAndTheHandler() {
        log.listening("127.0.0.1:7000", Optional.empty(), "spawn", "handler", "echo", 4711);

        assertEquals("listening addr=127.0.0.1:7000 model=spawn handler=echo pid=4711\n", recorded.text());
    }

    @Test
    void listeningNamesTheCommand() {
        log.listening("unix:/run/x.sock", Optional.of("web"), "spawn", "command", "/bin/cat -n", 4711);

        assertEquals(
                "listening addr=unix:/run/x.sock name=web model=spawn command=\"/bin/cat -n\" pid=4711\n",
                recorded.text());
    }

    @Test
    void acceptNamesTheClientTheWorkerAndTheRoom() {
        log.accept(incoming(7, PEER, "x:1"), 4712, 3, 256);

        assertEquals("accept id=7 peer=127.0.0.1:53412 worker=4712 live=3/256\n", recorded.text());
    }

    @Test
    void acceptOfAnUnnamedUnixClientSaysUnix() {
        log.accept(incoming(7, UnixAddr.UNNAMED, "web"), 4712, 1, 256);

        assertEquals("accept id=7 peer=unix listener=web worker=4712 live=1/256\n", recorded.text());
    }

    @Test
    void nothingIsWarnedOfWhenItHasStopped() {
        EventLog service = log.of("a");

        log.warn("one");
        log.stopped();
        log.warn("two");
        service.warn("three");

        assertEquals("warn message=one\nstopped\n", recorded.text());
    }

    @Test
    void aRejectedConnectionHasItsListener() {
        log.reject(incoming(7, PEER, "web"), new Refusal("rate", "5/s"));

        assertEquals("reject id=7 peer=127.0.0.1:53412 listener=web reason=rate limit=5/s\n", recorded.text());
    }

    @Test
    void behindAProxyBothAddressesAreTold() {
        InetAddr client = InetAddr.of(new byte[] {(byte) 192, 0, 2, 1}, 1024);

        log.accept(incoming(7, PEER, "x:1").behindProxy(client, PEER), 4712, 1, 256);

        assertEquals("accept id=7 peer=192.0.2.1:1024 via=127.0.0.1:53412 worker=4712 live=1/256\n", recorded.text());
    }

    private static Incoming incoming(long id, SocketAddr peer, String listener) {
        return new Incoming(id, new Fd(999_999), peer, listener, 0);
    }

    @Test
    void endTellsTheExitCode() {
        log.end(7, 4712, new WaitStatus(3 << 8), 1_234_567_890L);

        assertEquals("end id=7 worker=4712 exit=3 seconds=1.235\n", recorded.text());
    }

    @Test
    void endTellsTheSignal() {
        log.end(7, 4712, new WaitStatus(9), 0);

        assertEquals("end id=7 worker=4712 signal=SIGKILL seconds=0.000\n", recorded.text());
    }

    @Test
    void endTellsOfACoreDump() {
        log.end(7, 4712, new WaitStatus(0x80 | 11), 999_600_000L);

        assertEquals("end id=7 worker=4712 signal=SIGSEGV core=dumped seconds=1.000\n", recorded.text());
    }

    @Test
    void rejectTellsTheReasonAndTheError() {
        log.reject(
                incoming(8, PEER, "x:1"),
                "start",
                new ErrnoException("posix_spawn(/bin/x)", Errno.EAGAIN).getMessage());

        assertEquals(
                "reject id=8 peer=127.0.0.1:53412 reason=start"
                        + " error=\"posix_spawn(/bin/x) failed: EAGAIN (Resource temporarily unavailable)\"\n",
                recorded.text());
    }

    @Test
    void warnHasAMessage() {
        log.warn("2 workers do not end after SIGKILL");

        assertEquals("warn message=\"2 workers do not end after SIGKILL\"\n", recorded.text());
    }

    @Test
    void stoppingNamesTheModeInLowerCase() {
        log.stopping(ShutdownMode.SMART, 2);
        log.stopping(ShutdownMode.FAST, 1);
        log.stopping(ShutdownMode.IMMEDIATE, 1);

        assertEquals(
                "stopping mode=smart live=2\nstopping mode=fast live=1\nstopping mode=immediate live=1\n",
                recorded.text());
    }

    @Test
    void stoppedIsOneWord() {
        log.stopped();

        assertEquals("stopped\n", recorded.text());
    }

    @Test
    void eachLineIsOneWrite() {
        log.warn("first\nand long " + "x".repeat(10_000));
        log.stopped();

        assertEquals(2, recorded.writes().size());
    }

    @Test
    void linesOfSeveralThreadsAreAllWritten() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread = new Thread(() -> {
                for (int n = 0; n < 100; n++) {
                    log.stopped();
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertEquals("stopped\n".repeat(400), recorded.text());
    }

    @Test
    void aReaderThatIsGoneCostsTheLineAndNotTheServer() {
        EventLog broken = new EventLog(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });

        broken.warn("once");
        broken.stopped();

        assertEquals(2, broken.lost());
    }
}
