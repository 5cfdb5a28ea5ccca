package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Inherited;
import forkd.posix.Pipe;
import forkd.posix.Posix;
import forkd.posix.Signal;
import forkd.posix.SpawnRequest;
import forkd.posix.WaitStatus;
import forkd.posix.Zombies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With children of this very process; each test takes all of its own away. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkerTableTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private static final long SOON = 10;
    private static final int TRIES = 20;

    private final Events events = new Events();
    private final WorkerTable table = new WorkerTable(2, events);
    private final List<Integer> sleepers = new ArrayList<>();
    private int left;

    @AfterEach
    void endSleepers() throws ErrnoException {
        for (int pid : sleepers) {
            Posix.kill(pid, Signal.SIGKILL);
        }
        while (Zombies.await().isPresent()) {
            Posix.waitpid(-1);
        }
    }

    @Test
    void allSlotsAreFreeAtFirst() {
        assertEquals(2, table.maximum());
        assertEquals(0, table.taken());
        assertTrue(table.hasRoom());
    }

    /** A JVM that is being started when a signal ends the start must not go on without us. */
    @Test
    void aHelperThatIsBeingMadeIsKilledAndNoOtherIsMade() throws Exception {
        table.expect();
        Thread killer = new Thread(table::killHelpers);
        killer.start();
        awaitState(killer, Thread.State.TIMED_WAITING);
        int pid = sleeper();
        CompletableFuture<WaitStatus> end = new CompletableFuture<>();
        table.adopt(pid, end::complete);
        killer.join();
        while (!end.isDone()) {
            table.children().reap();
        }
        assertEquals(Signal.SIGKILL, end.get().signal());

        Thread maker = new Thread(table::expect);
        maker.setDaemon(true);
        maker.start();
        awaitState(maker, Thread.State.TIMED_WAITING);
    }

    private static void awaitState(Thread thread, Thread.State state) {
        while (thread.getState() != state) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aReservedSlotIsTaken() {
        table.reserve();

        assertEquals(1, table.taken());
        assertTrue(table.hasRoom());
    }

    @Test
    void aTableWithAllSlotsReservedHasNoRoom() {
        table.reserve();
        table.reserve();

        assertFalse(table.hasRoom());
        IllegalStateException e = assertThrows(IllegalStateException.class, table::reserve);
        assertEquals("all 2 slots are taken", e.getMessage());
    }

    @Test
    void publishingKeepsTheSlotTaken() throws ErrnoException {
        publish(sleeper(), 1);

        assertEquals(1, table.taken());
        assertEquals(List.of(), events.ended);
    }

    @Test
    void aCancelledSlotIsFree() {
        table.reserve();

        table.cancel();

        assertEquals(0, table.taken());
        assertEquals(List.of(), events.ended);
    }

    /** The reports of a spare come over two sockets, and the later one may be read after its end. */
    @Test
    void theEndOfASpareIsKeptForItsConnection() throws ErrnoException {
        table.expect();
        table.reserve();
        int pid = exiting(7);
        Zombies.await();
        table.children().reap();
        List<WaitStatus> told = new ArrayList<>();

        table.adoptWaiting(pid, told::add);
        table.publish(new Worker(pid, 41, System.nanoTime()));

        assertEquals(1, told.size());
        assertEquals(List.of("41 exit 7"), events.ended);
        assertEquals(0, table.taken());
    }

    /** Also while somebody traces another one, and nobody may look at all children. */
    @Test
    void whoLacksASlotGetsThatOfTheDead() throws Exception {
        int dead = exiting(7);
        publish(dead, 41);
        Zombies.await();

        table.children()
                .withoutReaping(
                        dead + 1,
                        () -> CompletableFuture.runAsync(table::reapEnded).join());

        assertEquals(0, table.taken());
        assertEquals(List.of("41 exit 7"), events.ended);
    }

    @Test
    void aReapedWorkerFreesItsSlotAndIsTold() throws ErrnoException {
        int pid = exiting(7);
        publish(pid, 41);

        Zombies.await();
        table.children().reap();

        assertEquals(0, table.taken());
        assertEquals(List.of("41 exit 7"), events.ended);
    }

    @Test
    void aKilledWorkerIsToldWithItsSignal() throws ErrnoException {
        int pid = sleeper();
        publish(pid, 41);

        Posix.kill(pid, Signal.SIGKILL);
        Zombies.await();
        table.children().reap();

        assertEquals(List.of("41 SIGKILL"), events.ended);
    }

    @Test
    void reapingDoesNotTouchTheLiving() throws ErrnoException {
        publish(sleeper(), 1);
        publish(exiting(0), 2);

        Zombies.await();
        table.children().reap();

        assertEquals(1, table.taken());
        assertEquals(List.of("2 exit 0"), events.ended);
    }

    @Test
    void reapingWithoutAnEndIsNothing() throws ErrnoException {
        publish(sleeper(), 1);

        table.children().reap();

        assertEquals(1, table.taken());
    }

    @Test
    void aWorkerThatEndedBeforeItWasPublishedIsToldWhenItIs() throws ErrnoException {
        table.reserve();
        int pid = exiting(3);
        Zombies.await();
        table.children().reap();
        assertEquals(List.of(), events.ended);
        assertEquals(1, table.taken());

        table.publish(new Worker(pid, 41, 0));

        assertEquals(List.of("41 exit 3"), events.ended);
        assertEquals(0, table.taken());
    }

    @Test
    void aStrangersChildIsReapedAndNotTold() throws ErrnoException {
        int stranger = exiting(5);

        Zombies.await();
        table.children().reap();

        assertEquals(List.of(), events.ended);
        assertFalse(Posix.kill(stranger, Signal.SIGTERM), "it is still there");
    }

    @Test
    void anEarlyEndIsForgottenWithTheLastReservedSlot() throws ErrnoException {
        table.reserve();
        int pid = exiting(5);
        Zombies.await();
        table.children().reap();
        table.cancel();

        // A later worker that happened to get the same pid would not have ended.
        publish(pid, 41);

        assertEquals(1, table.taken());
        assertEquals(List.of(), events.ended);
    }

    /** As the first process of a container it takes strangers away, and some announcement may always be open. */
    @Test
    void theEndOfAStrangerIsNotThatOfALaterWorkerWithItsPid() throws Exception {
        table.expect();
        int stranger = exiting(5);
        Zombies.await();
        table.children().reap();

        int pid = again(stranger);
        publish(pid, 41);

        assertEquals(1, table.taken());
        assertEquals(List.of(), events.ended);
    }

    /** Also where it has ended as well by then: its own end is what is told. */
    @Test
    void theEndOfAStrangerIsNotThatOfALaterWorkerThatHasEndedToo() throws Exception {
        table.expect();
        int stranger = exiting(5);
        Zombies.await();
        table.children().reap();
        int pid = again(stranger);
        Posix.kill(pid, Signal.SIGKILL);
        while (!Zombies.is(pid)) {
            Thread.onSpinWait();
        }

        publish(pid, 41);
        table.children().reap();

        assertEquals(List.of("41 SIGKILL"), events.ended);
    }

    /** A sleeper that gets this pid, which nobody has: the kernel goes on counting from where it is told to. */
    private int again(int wanted) throws ErrnoException, IOException {
        Path last = Path.of("/proc/sys/kernel/ns_last_pid");
        assumeTrue(Posix.geteuid() == 0 && Files.isWritable(last), "pids cannot be chosen");
        int pid = 0;
        for (int i = 0; i < TRIES && pid != wanted; i++) { // somebody else may be quicker
            Files.writeString(last, Integer.toString(wanted - 1));
            pid = sleeper();
        }
        assumeTrue(pid == wanted, "somebody else has got it");
        return pid;
    }

    @Test
    void theSlotIsFreeWhenTheEndIsTold() throws ErrnoException {
        publish(sleeper(), 1);
        publish(exiting(0), 2);

        Zombies.await();
        table.children().reap();

        assertEquals(List.of(1), events.takenAtEnd);
    }

    @Test
    void theSlotOfAWorkerThatHadEndedEarlyIsFreeWhenItsEndIsTold() throws ErrnoException {
        publish(sleeper(), 1);
        table.reserve();
        int pid = exiting(0);
        Zombies.await();
        table.children().reap();
        assertEquals(List.of(), events.ended);

        table.publish(new Worker(pid, 2, 0));

        assertEquals(List.of(1), events.takenAtEnd);
    }

    @Test
    void signalAllReachesEveryWorker() throws ErrnoException {
        publish(sleeper(), 1);
        publish(sleeper(), 2);

        table.signalAll(Signal.SIGTERM);
        while (table.taken() > 0) {
            Zombies.await();
            table.children().reap();
        }

        assertEquals(
                List.of("1 SIGTERM", "2 SIGTERM"),
                events.ended.stream().sorted().toList());
    }

    /** As a worker is between its report and its setpgid(2). */
    @Test
    void signalAllReachesAWorkerThatDoesNotYetLeadItsGroup() throws Exception {
        isKilled(newborn -> assertEquals(List.of(), table.signalAll(Signal.SIGKILL)));
    }

    @Test
    void signalGroupReachesAWorkerThatDoesNotYetLeadItsGroup() throws Exception {
        isKilled(newborn -> assertEquals(Optional.empty(), table.signalGroup(newborn, Signal.SIGKILL)));
    }

    /** It is in the group of this process, and the class library takes it away. */
    private void isKilled(Consumer<Worker> kill) throws Exception {
        Process newborn = new ProcessBuilder("sleep", "600").start();
        try {
            Worker worker = new Worker((int) newborn.pid(), 1, 0);
            table.reserve();
            table.publish(worker);

            kill.accept(worker);

            assertTrue(newborn.waitFor(SOON, TimeUnit.SECONDS));
        } finally {
            newborn.destroyForcibly().waitFor();
        }
    }

    @Test
    void anEmptyTableNeedNotBeAwaited() throws InterruptedException {
        assertTrue(table.awaitEmpty(Duration.ZERO, () -> false));
    }

    @Test
    void aLimitOfManyCenturiesIsNoError() throws ErrnoException, InterruptedException {
        publish(sleeper(), 1);

        assertFalse(table.awaitEmpty(Duration.ofHours(999_999_999), () -> true));
    }

    @Test
    void awaitingEndsWithTheTime() throws ErrnoException, InterruptedException {
        publish(sleeper(), 1);

        assertFalse(table.awaitEmpty(Duration.ofMillis(5), () -> false));
    }

    @Test
    void awaitingEndsWithTheLastWorker() throws ErrnoException, InterruptedException {
        int pid = sleeper();
        publish(pid, 1);
        Thread reaper = new Thread(() -> {
            try {
                Posix.kill(pid, Signal.SIGTERM);
                Zombies.await();
                table.children().reap();
            } catch (ErrnoException e) {
                throw new IllegalStateException(e);
            }
        });
        reaper.start();

        assertTrue(table.awaitEmpty(LONG, () -> false));
        reaper.join();
    }

    @Test
    void awaitingCountsASlotThatIsOnlyReserved() throws InterruptedException {
        table.reserve();

        assertFalse(table.awaitEmpty(Duration.ofMillis(5), () -> false));
    }

    @Test
    void awaitingEndsWhereItIsGivenUp() throws ErrnoException, InterruptedException {
        publish(sleeper(), 1);

        assertFalse(table.awaitEmpty(LONG, () -> true));
    }

    @Test
    void aRecheckMakesTheAwaitingAskWhetherToGiveUp() throws ErrnoException, InterruptedException {
        publish(sleeper(), 1);
        AtomicBoolean giveUp = new AtomicBoolean();
        Thread second = new Thread(() -> {
            giveUp.set(true);
            table.recheck();
        });
        // Started by the first question, when the awaiting thread already holds the table.
        AtomicBoolean started = new AtomicBoolean();

        boolean empty = table.awaitEmpty(LONG, () -> {
            if (started.compareAndSet(false, true)) {
                second.start();
                return false;
            }
            return giveUp.get();
        });

        assertFalse(empty);
        second.join();
    }

    @Test
    void aPublishedWorkerEndsTheReapersWait() throws Exception {
        Thread reaper = new Thread(() -> {
            try {
                table.children().awaitChild();
                Zombies.await();
                table.children().reap();
            } catch (ErrnoException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        reaper.start();

        publish(exiting(0), 1);

        assertTrue(table.awaitEmpty(LONG, () -> false));
        reaper.join();
    }

    @Test
    void ofTwoTablesEachIsToldOfItsOwnWorkersOnly() throws ErrnoException {
        Events others = new Events();
        WorkerTable other = new WorkerTable(1, others, table.children(), Leftovers.KEEP);
        publish(exiting(1), 1);
        other.reserve();
        int pid = exiting(2);
        while (events.ended.isEmpty()) {
            Zombies.await();
            table.children().reap();
        }
        assertEquals(0, table.taken());
        assertEquals(1, other.taken(), "it has not been published");

        table.reserve(); // the other's end is not this one's
        other.publish(new Worker(pid, 2, 0));
        while (others.ended.isEmpty()) {
            Zombies.await();
            table.children().reap();
        }

        assertEquals(List.of("1 exit 1"), events.ended);
        assertEquals(List.of("2 exit 2"), others.ended);
        assertEquals(0, other.taken());
    }

    @Test
    void whatAWorkerLeavesBehindLivesOn() throws Exception {
        publish(leaving("sleep 600 & echo $!"), 41);

        reapUntilEmpty(table);

        assertFalse(isGone(left));
    }

    @Test
    void whatAWorkerLeavesBehindInItsGroupIsKilledWhereThatIsAsked() throws Exception {
        WorkerTable killing = new WorkerTable(1, events, new Children(), Leftovers.KILL);
        killing.reserve();
        killing.publish(new Worker(leaving("sleep 600 & echo $!"), 41, 0));

        reapUntilEmpty(killing);

        assertEquals(List.of("41 exit 3"), events.ended);
        awaitGone(left);
    }

    @Test
    void whoHasLeftTheGroupIsOutOfReach() throws Exception {
        WorkerTable killing = new WorkerTable(1, events, new Children(), Leftovers.KILL);
        killing.reserve();
        killing.publish(new Worker(leaving("setsid sh -c 'echo $$; exec sleep 600' &"), 41, 0));

        reapUntilEmpty(killing);

        assertFalse(isGone(left));
    }

    @Test
    void whatAWorkerThatEndedBeforeItWasPublishedLeavesBehindIsKilled() throws Exception {
        WorkerTable killing = new WorkerTable(1, events, new Children(), Leftovers.KILL);
        killing.reserve();
        int pid = leaving("sleep 600 & echo $!");
        Zombies.await();
        killing.children().reap();
        awaitGone(left);

        killing.publish(new Worker(pid, 41, 0));

        assertEquals(List.of("41 exit 3"), events.ended);
    }

    /** The group of a zygote is that of its stem, and of workers that have just been forked. */
    @Test
    void theGroupOfAHelperIsLeftAlone() throws Exception {
        WorkerTable killing = new WorkerTable(1, events, new Children(), Leftovers.KILL);
        killing.reserve();
        killing.expect();
        killing.adopt(leaving("sleep 600 & echo $!"), status -> events.ended.add("helper"));
        while (events.ended.isEmpty()) {
            Zombies.await();
            killing.children().reap();
        }

        assertFalse(isGone(left));
    }

    @Test
    void ofTwoTablesOnlyOneMayKill() throws Exception {
        Children children = new Children();
        WorkerTable keeping = new WorkerTable(1, events, children, Leftovers.KEEP);
        WorkerTable killing = new WorkerTable(1, events, children, Leftovers.KILL);
        keeping.reserve();
        keeping.publish(new Worker(leaving("sleep 600 & echo $!"), 41, 0));
        reapUntilEmpty(keeping);
        assertFalse(isGone(left), "kept");

        killing.reserve();
        killing.publish(new Worker(leaving("sleep 600 & echo $!"), 42, 0));
        reapUntilEmpty(killing);

        awaitGone(left);
    }

    private static void reapUntilEmpty(WorkerTable workers) throws ErrnoException {
        while (workers.taken() > 0) {
            Zombies.await();
            workers.children().reap();
        }
    }

    /** SIGKILL was sent; a process is gone, or its parent's zombie, soon after. */
    private static void awaitGone(int pid) throws IOException {
        while (!isGone(pid)) {
            Thread.onSpinWait();
        }
    }

    /** Not by kill(2): a zombie that nobody reaps takes signals, and the first process of a container need not reap. */
    private static boolean isGone(int pid) throws IOException {
        try {
            String stat = Files.readString(proc(pid, "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    private static Path proc(int pid, String file) {
        return Path.of("/proc", Integer.toString(pid), file);
    }

    /** A shell in a group of its own that ends with 3, and leaves a process whose pid the script has printed. */
    private int leaving(String script) throws Exception {
        try (Pipe pipe = Posix.pipe()) {
            int pid = Posix.spawn(new SpawnRequest(
                    "/bin/sh",
                    List.of("sh", "-c", script + "\nexec >&-; exit 3"),
                    List.of("PATH=/usr/bin:/bin"),
                    List.of(new Inherited(pipe.writeEnd(), 1))));
            byte[] line = new byte[20];
            int length = Posix.read(pipe.readEnd(), line, 0, line.length);
            left = Integer.parseInt(new String(line, 0, length, StandardCharsets.US_ASCII).strip());
            sleepers.add(left);
            return pid;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EMFILE", "ENFILE", "ENOMEM", "ENOSPC", "ENOSYS", "EINVAL", "EPERM"})
    void aWorkerThatCannotBeWatchedIsToldOfAndIsAWorkerLikeAllOthers(Errno errno) throws Exception {
        table.children().tellBy(new Unwatched(errno));

        int pid = exiting(3);
        publish(pid, 7);

        assertEquals(List.of("pidfd_open failed: " + errno.name()), events.notWatched);
        Zombies.await();
        table.children().reap();
        assertEquals(List.of("7 exit 3"), events.ended);
    }

    @Test
    void whatIsNoProcessIsNobodysWorker() throws Exception {
        table.children().tellBy(new Unwatched(Errno.ESRCH));
        int pid = sleeper();
        table.reserve();

        assertThrows(IllegalStateException.class, () -> table.publish(new Worker(pid, 7, 0)));
        assertEquals(List.of(), events.notWatched);
    }

    private record Unwatched(Errno errno) implements Children.EndWatch {
        @Override
        public void watch(int pid) throws ErrnoException {
            throw new ErrnoException("pidfd_open", errno);
        }

        @Override
        public void forget(int pid) {
            // it was never watched
        }
    }

    private void publish(int pid, long connection) {
        table.reserve();
        table.publish(new Worker(pid, connection, 0));
    }

    private static int exiting(int code) throws ErrnoException {
        return Posix.spawn(new SpawnRequest("/bin/sh", List.of("sh", "-c", "exit " + code), List.of(), List.of()));
    }

    private int sleeper() throws ErrnoException {
        int pid = Posix.spawn(new SpawnRequest("/bin/sleep", List.of("sleep", "600"), List.of(), List.of()));
        sleepers.add(pid);
        return pid;
    }

    /** What the table tells, in words. */
    private final class Events implements WorkerListener {
        final List<String> ended = new ArrayList<>();
        final List<Integer> takenAtEnd = new ArrayList<>();
        final List<String> notWatched = new ArrayList<>();

        @Override
        public void notWatched(ErrnoException why) {
            notWatched.add(why.getMessage().replaceFirst(" \\(.*", ""));
        }

        @Override
        public void ended(Worker worker, WaitStatus status) {
            String how = status.exited()
                    ? "exit " + status.exitCode()
                    : status.signal().name();
            ended.add(worker.connection() + " " + how);
            takenAtEnd.add(table.taken());
        }
    }
}
