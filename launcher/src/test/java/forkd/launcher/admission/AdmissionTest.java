package forkd.launcher.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.launcher.access.Cidr;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Decisions at the borders of the limits. The server's load is what the test says. */
class AdmissionTest {
    private static final long SECOND = 1_000_000_000;
    private static final Load IDLE = new Load(0, 0, true);

    private final List<Penalty> begun = new ArrayList<>();
    private long ids;
    private int random;

    @Test
    void aFullServerThatQueuesIsShut() {
        Admission admission = admission(limits("4:queue"));

        assertTrue(admission.isOpen(taken(3), 0));
        assertFalse(admission.isOpen(taken(4), 0));
        assertEquals(Decision.Wait.ON, admission.decide(from(1), taken(4), 0));
    }

    @Test
    void aFullServerThatClosesIsOpenAndCloses() {
        Admission admission = admission(limits("4:close"));

        assertTrue(admission.isOpen(taken(4), 0));
        assertEquals(new Decision.Admit(1), admission.decide(from(1), taken(3), 0));
        assertEquals(new Decision.Close(new Refusal("max-connections", "4")), admission.decide(from(1), taken(4), 0));
    }

    @Test
    void aFullServerThatRejectsTells() {
        Admission admission = admission(limits("4:reject=too many: sorry"));

        assertEquals(
                new Decision.Reject(new Refusal("max-connections", "4"), "too many: sorry"),
                admission.decide(from(1), taken(4), 0));
    }

    @Test
    void aSourceGetsItsShareAndNoMore() {
        Admission admission = admission(limits("100").with("2:close"));
        Arrival first = from(1);

        assertEquals(new Decision.Admit(1), admission.decide(first, IDLE, 0));
        assertEquals(new Decision.Admit(2), admission.decide(from(1), IDLE, 0));
        assertEquals(new Decision.Close(new Refusal("max-per-source", "2")), admission.decide(from(1), IDLE, 0));
        assertEquals(new Decision.Admit(1), admission.decide(from(2), IDLE, 0), "others do not notice");

        admission.free(first.id());

        assertEquals(new Decision.Admit(2), admission.decide(from(1), IDLE, 0));
    }

    @Test
    void waitingCountsForTheShare() {
        Admission admission = admission(limits("10").with("2:close"));
        admission.decide(from(1), taken(10), 0);
        admission.decide(from(1), taken(10), 0);

        assertInstanceOf(Decision.Close.class, admission.decide(from(1), taken(10), 0));
    }

    @Test
    void aShareThatQueuesLetsAsManyWaitAsMayLive() {
        Admission admission = admission(limits("100").with("2:queue"));
        Arrival first = from(1);
        admission.decide(first, IDLE, 0);
        admission.decide(from(1), IDLE, 0);
        Arrival waits = from(1);

        assertEquals(Decision.Wait.ON, admission.decide(waits, IDLE, 0));
        assertEquals(Decision.Wait.ON, admission.decide(from(1), IDLE, 0));
        assertInstanceOf(Decision.Close.class, admission.decide(from(1), IDLE, 0));
        assertEquals(Decision.Wait.ON, admission.retry(waits, IDLE, 0));

        admission.free(first.id());

        assertEquals(new Decision.Admit(2), admission.retry(waits, IDLE, 0));
        assertEquals(3, admission.size());
    }

    /** Else the gate would be shut for all by one. */
    @Test
    void oneSourceNeverHasAllPlacesOfThoseThatWait() {
        Admission admission = admission(limits("100").with("20:queue").withWaiting(4));
        for (int i = 0; i < 20; i++) {
            admission.decide(from(1), IDLE, 0);
        }
        assertEquals(Decision.Wait.ON, admission.decide(from(1), IDLE, 0));
        assertEquals(Decision.Wait.ON, admission.decide(from(1), IDLE, 0));

        assertInstanceOf(Decision.Close.class, admission.decide(from(1), IDLE, 0));
        assertTrue(admission.isOpen(IDLE, 0));
    }

    @Test
    void theUsualShareIsHalfOfWhatAdministratorsLeave() {
        assertEquals("128:close", share(limits("256")));
        assertEquals("1:close", share(limits("1")));
        assertEquals("1:close", share(limits("5").withAdmins(3)));
        assertEquals("4:close", share(limits("8")));
        assertEquals(
                "2:close",
                limits("256")
                        .all()
                        .withUsualShare()
                        .withConnections(4)
                        .perSource()
                        .orElseThrow()
                        .toString());
    }

    private static String share(Limits limits) {
        return limits.all().withUsualShare().perSource().orElseThrow().toString();
    }

    @Test
    void aRuleMaySayAnotherShare() {
        Admission admission = admission(limits("100").with("2:close"));
        Arrival ruled = new Arrival(++ids, source(1), false, OptionalInt.of(1));

        assertInstanceOf(Decision.Admit.class, admission.decide(ruled, IDLE, 0));
        assertEquals(
                new Decision.Close(new Refusal("max-per-source", "1")),
                admission.decide(new Arrival(++ids, source(1), false, OptionalInt.of(1)), IDLE, 0));
    }

    @Test
    void theRateShutsTheGateAndOpensItByItself() {
        Admission admission = admission(limits("100").with(Rate.parse("2/s,1")));
        admission.decide(from(1), IDLE, 0);

        assertFalse(admission.isOpen(IDLE, 0));
        assertEquals(SECOND / 2, admission.nanosToNext(0));
        Arrival waits = from(2);
        assertEquals(Decision.Wait.ON, admission.decide(waits, IDLE, 0));
        assertTrue(admission.isOpen(IDLE, SECOND / 2));
        assertInstanceOf(Decision.Admit.class, admission.retry(waits, IDLE, SECOND / 2));
    }

    @Test
    void theRateMayCloseInstead() {
        Admission admission = admission(limits("100").with(Rate.parse("2/s,1:close")));
        admission.decide(from(1), IDLE, 0);

        assertTrue(admission.isOpen(IDLE, 0));
        assertEquals(0, admission.nanosToNext(0));
        assertEquals(new Decision.Close(new Refusal("rate", "2/s,1")), admission.decide(from(1), IDLE, 0));
    }

    @Test
    void whoIsRefusedTakesNoToken() {
        Admission admission = admission(limits("100").with("1:close").with(Rate.parse("1/s,2:close")));
        admission.decide(from(1), IDLE, 0);
        admission.decide(from(1), IDLE, 0);

        assertInstanceOf(Decision.Admit.class, admission.decide(from(2), IDLE, 0));
    }

    @Test
    void startingOnesAreDroppedByChance() {
        Admission admission = admission(limits("1000").with(StartingLimit.parse("10:30:100")));

        random = 0;
        assertInstanceOf(Decision.Admit.class, admission.decide(from(1), new Load(0, 9, true), 0));
        assertEquals(
                new Decision.Close(new Refusal("max-starting", "10:30:100")),
                admission.decide(from(1), new Load(0, 10, true), 0));
        random = 30;
        assertInstanceOf(Decision.Admit.class, admission.decide(from(1), new Load(0, 10, true), 0));
        random = 99;
        assertInstanceOf(Decision.Close.class, admission.decide(from(1), new Load(0, 100, true), 0));
    }

    @Test
    void aLauncherWithoutRoomShutsTheGate() {
        assertFalse(admission(limits("10")).isOpen(new Load(0, 0, false), 0));
        assertEquals(Decision.Wait.ON, admission(limits("10")).decide(from(1), new Load(0, 0, false), 0));
    }

    @Test
    void administratorsHaveSlotsOfTheirOwnAndNoOtherLimit() {
        Admission admission = admission(
                limits("4:queue").with("1:close").with(Rate.parse("1/h,1")).withAdmins(2));

        assertInstanceOf(Decision.Admit.class, admission.decide(from(1), IDLE, 0));
        assertTrue(admission.isOpen(taken(2), 0), "an administrator may come");
        assertEquals(Decision.Wait.ON, admission.decide(from(2), taken(2), 0));
        assertEquals(new Decision.Admit(1), admission.decide(admin(9), taken(2), 0));
        assertEquals(new Decision.Admit(2), admission.decide(admin(9), taken(3), 0));
        assertFalse(admission.isOpen(taken(4), 0), "there is nothing left for anybody");
        assertEquals(Decision.Wait.ON, admission.decide(admin(9), taken(4), 0));
    }

    @Test
    void notMoreWaitThanMay() {
        Admission admission = admission(limits("4:queue").withAdmins(2).withWaiting(2));
        admission.decide(from(1), taken(2), 0);
        Arrival second = from(2);
        admission.decide(second, taken(2), 0);

        assertEquals(new Decision.Close(new Refusal("max-connections", "4")), admission.decide(from(3), taken(2), 0));
        assertInstanceOf(Decision.Admit.class, admission.decide(admin(9), taken(2), 0));

        admission.free(second.id());

        assertEquals(Decision.Wait.ON, admission.decide(from(3), taken(2), 0));
    }

    @Test
    void aSourceWhoseWorkerCrashedIsRefusedForAWhile() {
        Admission admission = admission(limits("100").with(Map.of(Offence.CRASH, Duration.ofSeconds(90))));
        Arrival crashes = from(1);
        admission.decide(crashes, IDLE, 0);

        admission.ended(crashes.id(), Offence.CRASH, 0);

        assertEquals(List.of(new Penalty(source(1).get(), Offence.CRASH, Duration.ofSeconds(90))), begun);
        Decision.Close close = assertInstanceOf(Decision.Close.class, admission.decide(from(1), IDLE, SECOND));
        assertEquals("penalty", close.why().reason());
        assertInstanceOf(Decision.Admit.class, admission.decide(from(2), IDLE, SECOND));
        assertInstanceOf(Decision.Admit.class, admission.decide(from(1), IDLE, 90 * SECOND));
    }

    @Test
    void administratorsPayNothing() {
        Admission admission = admission(limits("100")
                .with(Map.of(Offence.CRASH, Duration.ofSeconds(90)))
                .withAdmins(1));
        Arrival crashes = admin(9);
        admission.decide(crashes, IDLE, 0);

        admission.ended(crashes.id(), Offence.CRASH, 0);

        assertEquals(List.of(), begun);
        assertInstanceOf(Decision.Admit.class, admission.decide(admin(9), IDLE, 0));
    }

    @Test
    void aProxyPaysForNothingAndIsRefusedForNothing() {
        Admission admission = admission(limits("100")
                .with("1:close")
                .with(Map.of(Offence.EXIT, Duration.ofSeconds(90), Offence.REFUSED, Duration.ofSeconds(90))));
        Arrival check = from(1).withoutPenalties();
        admission.decide(check, IDLE, 0);
        assertEquals(
                new Decision.Close(new Refusal("max-per-source", "1")),
                admission.decide(from(1).withoutPenalties(), IDLE, 0),
                "its share is limited");
        admission.refused(from(1).withoutPenalties(), 0);
        admission.ended(check.id(), Offence.EXIT, 0);
        assertEquals(List.of(), begun);

        Arrival client = from(1);
        admission.decide(client, IDLE, 0);
        admission.ended(client.id(), Offence.EXIT, 0);

        assertInstanceOf(Decision.Close.class, admission.decide(from(1), IDLE, 0));
        assertInstanceOf(Decision.Admit.class, admission.decide(from(1).withoutPenalties(), IDLE, 0));
    }

    @Test
    void whoComesTooOftenPaysForThat() {
        Admission admission =
                admission(limits("100").with("1:close").with(Map.of(Offence.REFUSED, Duration.ofSeconds(20))));
        Arrival only = from(1);
        admission.decide(only, IDLE, 0);
        admission.decide(from(1), IDLE, 0);
        admission.free(only.id());

        Decision.Close close = assertInstanceOf(Decision.Close.class, admission.decide(from(1), IDLE, 0));
        assertEquals("penalty", close.why().reason());
    }

    @Test
    void freeingTwiceOrAStrangerIsNothing() {
        Admission admission = admission(limits("100").with("1:close"));
        Arrival only = from(1);
        admission.decide(only, IDLE, 0);

        admission.free(only.id());
        admission.free(only.id());
        admission.free(12345);
        admission.ended(only.id(), Offence.CRASH, 0);

        assertEquals(0, admission.size());
        assertEquals(0, admission.sources());
    }

    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    /** Clients come, wait and go at random: no source ever has more than its share, and in the end nothing is counted. */
    @ParameterizedTest
    @MethodSource("seeds")
    void noSourceEverHasMoreThanItsShare(long seed) {
        Random dice = new Random(seed);
        int share = 1 + dice.nextInt(4);
        int all = share + dice.nextInt(6);
        Admission admission =
                admission(limits(all + ":queue").with(share + (dice.nextBoolean() ? ":queue" : ":close")));
        Map<Long, Arrival> live = new HashMap<>();
        Map<Long, Arrival> waiting = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            Load load = new Load(live.size(), waiting.size(), dice.nextInt(10) > 0);
            Arrival arrival = from(dice.nextInt(3));
            switch (dice.nextInt(3)) {
                case 0 -> settle(arrival, admission.decide(arrival, load, 0), live, waiting);
                case 1 ->
                    waiting.values().stream().findFirst().ifPresent(one -> {
                        if (admission.retry(one, load, 0) instanceof Decision.Admit) {
                            waiting.remove(one.id());
                            live.put(one.id(), one);
                        }
                    });
                default -> {
                    Set<Long> some = new HashSet<>(live.keySet());
                    some.addAll(waiting.keySet());
                    some.stream().skip(some.size() / 2).findFirst().ifPresent(id -> {
                        live.remove(id);
                        waiting.remove(id);
                        admission.free(id);
                    });
                }
            }
            assertTrue(live.size() <= all, () -> live.size() + " of " + all);
            for (int source = 0; source < 3; source++) {
                Optional<Source> one = source(source);
                long of = live.values().stream()
                        .filter(a -> a.source().equals(one))
                        .count();
                assertTrue(of <= share, () -> of + " of " + share);
            }
            assertEquals(live.size() + waiting.size(), admission.size());
        }
        live.keySet().forEach(admission::free);
        waiting.keySet().forEach(admission::free);
        assertEquals(0, admission.size());
        assertEquals(0, admission.sources());
    }

    private static void settle(
            Arrival arrival, Decision decision, Map<Long, Arrival> live, Map<Long, Arrival> waiting) {
        if (decision instanceof Decision.Admit) {
            live.put(arrival.id(), arrival);
        } else if (decision instanceof Decision.Wait) {
            waiting.put(arrival.id(), arrival);
        }
    }

    private Admission admission(Limits limits) {
        return new Admission(limits.all, () -> random, begun::add, 0);
    }

    private Arrival from(int source) {
        return new Arrival(++ids, source(source), false, OptionalInt.empty());
    }

    private Arrival admin(int source) {
        return new Arrival(++ids, source(source), true, OptionalInt.empty());
    }

    private static Optional<Source> source(int number) {
        return Optional.of(new Source.User(number));
    }

    private static Load taken(int slots) {
        return new Load(slots, 0, true);
    }

    private static Limits limits(String connections) {
        AdmissionLimits plain = AdmissionLimits.of(1);
        return new Limits(new AdmissionLimits(
                Limit.parse(connections, Overflow.QUEUE),
                plain.perSource(),
                plain.prefix(),
                plain.rate(),
                plain.starting(),
                plain.admins(),
                plain.adminSlots(),
                plain.penalties(),
                plain.maxWaiting()));
    }

    /** Limits with one thing changed. */
    private record Limits(AdmissionLimits all) {
        Limits with(String perSource) {
            return of(Optional.of(Limit.parse(perSource, Overflow.CLOSE)), all.rate(), all.starting(), all.penalties());
        }

        Limits with(Rate rate) {
            return of(all.perSource(), Optional.of(rate), all.starting(), all.penalties());
        }

        Limits with(StartingLimit starting) {
            return of(all.perSource(), all.rate(), Optional.of(starting), all.penalties());
        }

        Limits with(Map<Offence, Duration> times) {
            return of(
                    all.perSource(),
                    all.rate(),
                    all.starting(),
                    new PenaltyRules(times, Duration.ofSeconds(15), Duration.ofMinutes(10)));
        }

        Limits withAdmins(int slots) {
            return new Limits(new AdmissionLimits(
                    all.connections(),
                    all.perSource(),
                    all.prefix(),
                    all.rate(),
                    all.starting(),
                    List.of(Cidr.parse("192.0.2.0/24")),
                    slots,
                    all.penalties(),
                    all.maxWaiting()));
        }

        Limits withWaiting(int waiting) {
            return new Limits(new AdmissionLimits(
                    all.connections(),
                    all.perSource(),
                    all.prefix(),
                    all.rate(),
                    all.starting(),
                    all.admins(),
                    all.adminSlots(),
                    all.penalties(),
                    waiting));
        }

        private Limits of(
                Optional<Limit> perSource,
                Optional<Rate> rate,
                Optional<StartingLimit> starting,
                PenaltyRules penalties) {
            return new Limits(new AdmissionLimits(
                    all.connections(),
                    perSource,
                    all.prefix(),
                    rate,
                    starting,
                    all.admins(),
                    all.adminSlots(),
                    penalties,
                    all.maxWaiting()));
        }
    }
}
