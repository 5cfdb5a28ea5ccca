package forkd.launcher.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RulesTest {
    private static final int TRIES = 3_000;
    private static final List<String> LISTENERS = List.of("a", "b", "c");

    @Test
    void theFirstRuleThatFitsDecides() throws RulesException {
        Rules rules =
                rules("deny 10.9.0.0/16 reject=\"go away\"", "allow 10.0.0.0/8 max-per-source=20 set A=b", "deny *");

        assertEquals(Optional.of("go away"), decide(rules, "10.9.1.2").reject());
        assertEquals(1, decide(rules, "10.9.1.2").rule().orElseThrow().line());
        Verdict inside = decide(rules, "10.8.1.2");
        assertTrue(inside.allowed());
        assertEquals(List.of("A=b"), inside.variables());
        assertEquals(OptionalInt.of(20), inside.maxPerSource());
        assertEquals(3, decide(rules, "192.0.2.1").rule().orElseThrow().line());
    }

    @Test
    void theOrderCountsAndNotTheLengthOfThePrefix() throws RulesException {
        Rules rules = rules("allow 10.0.0.0/8", "deny 10.9.0.0/16");

        assertTrue(decide(rules, "10.9.1.2").allowed());
    }

    @Test
    void whoFitsNoRuleIsDenied() throws RulesException {
        Rules rules = rules("allow 10.0.0.0/8");

        assertEquals(Verdict.NO_RULE_FITS, decide(rules, "192.0.2.1"));
        assertEquals(Verdict.NO_RULE_FITS, decide(rules, "::1"));
        assertEquals(Verdict.NO_RULE_FITS, rules.decide(new Peer.Unix(0, 0), "a"));
    }

    @Test
    void aMappedPeerIsAnIpv4One() throws RulesException {
        Rules rules = rules("allow 192.0.2.0/24");

        assertTrue(
                rules.decide(Peer.inet(IpLiteral.raw("::ffff:192.0.2.7")), "a").allowed());
    }

    @Test
    void unixPeersAreKnownByTheirIds() throws RulesException {
        Rules rules = rules("deny uid:1001", "allow uid:1000 gid:100", "deny unix", "allow *");

        assertTrue(rules.decide(new Peer.Unix(1000, 1000), "a").allowed());
        assertTrue(rules.decide(new Peer.Unix(7, 100), "a").allowed());
        assertFalse(rules.decide(new Peer.Unix(1001, 100), "a").allowed());
        assertFalse(rules.decide(new Peer.Unix(7, 7), "a").allowed());
        assertFalse(rules.decide(new Peer.Unix(Peer.Unix.UNKNOWN, Peer.Unix.UNKNOWN), "a")
                .allowed());
        assertTrue(decide(rules, "192.0.2.1").allowed());
        assertTrue(rules.asksForIds());
        assertFalse(rules("allow unix").asksForIds());
    }

    @Test
    void aListenerIsACondition() throws RulesException {
        Rules rules = rules("allow 10.0.0.0/8 listener:a listener:b", "deny 10.0.0.0/8", "allow * listener:c");

        assertTrue(rules.decide(inet("10.1.1.1"), "a").allowed());
        assertTrue(rules.decide(inet("10.1.1.1"), "b").allowed());
        assertFalse(rules.decide(inet("10.1.1.1"), "c").allowed());
        assertTrue(rules.decide(inet("11.1.1.1"), "c").allowed());
        assertFalse(rules.decide(inet("11.1.1.1"), "a").allowed());
    }

    @Test
    void everyProblemOfAFileIsNamed() {
        RulesException e = assertThrows(RulesException.class, () -> rules("allow *", "alow *", "deny 10.0.0.0/33"));

        assertEquals(
                List.of(
                        "r:2:1: a rule begins with allow or deny, not with 'alow'",
                        "r:3:6: bad address '10.0.0.0/33': '33' is not a number from 0 to 32"),
                e.problems());
        assertEquals(e.problems().get(0) + " (and 1 more)", e.getMessage());
    }

    @Test
    void aFileThatAllowsNobodyIsAnError() {
        for (List<String> lines : List.of(List.<String>of(), List.of("# empty"), List.of("", "deny 10.0.0.0/8"))) {
            RulesException e = assertThrows(RulesException.class, () -> rules(lines.toArray(String[]::new)));
            assertTrue(e.getMessage().contains("no rule allows anybody"), e.getMessage());
        }
    }

    @Test
    void aLineMayEndAsUnderDos() throws RulesException {
        assertTrue(decide(parse("# x\r\nallow *\r\n".getBytes(StandardCharsets.UTF_8)), "::1")
                .allowed());
    }

    @Test
    void whatIsNotUtf8IsAnError() {
        RulesException e =
                assertThrows(RulesException.class, () -> parse(new byte[] {'a', '\n', '#', (byte) 0xc3, '(', '\n'}));

        assertEquals("r:2:1: the line is not in UTF-8", e.problems().get(1));
    }

    @Test
    void aRuleBehindAWiderOneIsUnreachable() throws RulesException {
        assertEquals(List.of("2 10.9.0.0/16 by 1"), unreachable("allow 10.0.0.0/8", "deny 10.9.0.0/16 11.0.0.0/8"));
        assertEquals(List.of("2 uid:1 by 1"), unreachable("deny unix", "allow uid:1", "allow *"));
        assertEquals(List.of("2 * by 1", "3 ::1 by 1"), unreachable("allow *", "deny * listener:a", "deny ::1"));
        assertEquals(
                List.of("3 * by 2"),
                unreachable("allow * listener:a", "deny * listener:b", "allow * listener:a listener:b"));
        assertEquals(List.of(), unreachable("allow * listener:a", "deny *"));
        assertEquals(List.of(), unreachable("deny 10.9.0.0/16", "allow 10.0.0.0/8", "allow unix", "deny *"));
    }

    private static List<String> unreachable(String... lines) throws RulesException {
        return rules(lines).unreachable().stream()
                .map(part -> part.rule().line() + " " + part.who() + " by "
                        + part.by().line())
                .toList();
    }

    @Test
    void ofTwoListsTheMostSpecificDecides() {
        Rules rules = Rules.mostSpecific(
                who("10.0.0.0/8", "10.9.1.0/24", "uid:5"), who("10.9.0.0/16", "0.0.0.0/0", "unix", "10.9.1.7"));

        assertTrue(decide(rules, "10.1.1.1").allowed());
        assertFalse(decide(rules, "10.9.2.1").allowed());
        assertTrue(decide(rules, "10.9.1.1").allowed());
        assertFalse(decide(rules, "10.9.1.7").allowed());
        assertFalse(decide(rules, "192.0.2.1").allowed());
        assertTrue(rules.decide(new Peer.Unix(5, 5), "a").allowed());
        assertFalse(rules.decide(new Peer.Unix(6, 6), "a").allowed());
    }

    @Test
    void whoIsInNoListIsAllowedWhereNobodyIsNamedAsAllowed() {
        assertTrue(decide(Rules.mostSpecific(who(), who("10.0.0.0/8")), "192.0.2.1")
                .allowed());
        assertFalse(
                decide(Rules.mostSpecific(who(), who("10.0.0.0/8")), "10.0.0.1").allowed());
        assertFalse(decide(Rules.mostSpecific(who("10.0.0.0/8"), who()), "192.0.2.1")
                .allowed());
    }

    @Test
    void oneBlockInBothListsIsAnError() {
        assertEquals(
                "10.0.0.0/8 is both allowed and denied",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Rules.mostSpecific(who("10.0.0.0/8"), who("::ffff:10.0.0.0/104")))
                        .getMessage());
    }

    /** The table against the plain reading of the rules, one after the other. */
    @Test
    void aLookupDecidesAsAWalkWould() {
        Random random = new Random(5);
        for (int i = 0; i < TRIES; i++) {
            Rules rules = anyRules(random, 1 + random.nextInt(12));
            for (int j = 0; j < 10; j++) {
                Peer peer = anyPeer(random);
                String listener = LISTENERS.get(random.nextInt(LISTENERS.size()));

                assertEquals(
                        walk(rules.rules(), peer, listener),
                        rules.decide(peer, listener).rule(),
                        () -> rules.rules() + " " + peer);
            }
        }
    }

    @Test
    void anUnreachableRuleNeverDecides() {
        Random random = new Random(6);
        for (int i = 0; i < TRIES; i++) {
            Rules rules = anyRules(random, 1 + random.nextInt(12));
            for (Rules.Unreachable part : rules.unreachable()) {
                Peer peer = anyOf(random, part.who());
                List<String> listeners = part.rule().listeners();
                String listener = listeners.isEmpty() ? "a" : listeners.get(random.nextInt(listeners.size()));

                assertTrue(rules.decide(peer, listener).rule().orElseThrow().line()
                        < part.rule().line());
            }
        }
    }

    private static Optional<Rule> walk(List<Rule> rules, Peer peer, String listener) {
        return rules.stream()
                .filter(rule -> rule.listeners().isEmpty() || rule.listeners().contains(listener))
                .filter(rule -> rule.who().stream().anyMatch(who -> fits(who, peer)))
                .findFirst();
    }

    private static boolean fits(Who who, Peer peer) {
        if (who instanceof Who.Block block) {
            return peer instanceof Peer.Inet inet && contains(block.block(), inet.address());
        }
        if (who instanceof Who.Uid uid) {
            return peer instanceof Peer.Unix unix && unix.uid() == uid.id();
        }
        if (who instanceof Who.Gid gid) {
            return peer instanceof Peer.Unix unix && unix.gid() == gid.id();
        }
        return who == Who.Kind.ANY || peer instanceof Peer.Unix;
    }

    private static boolean contains(Cidr block, Cidr address) {
        return block.contains(IpLiteral.parse(address.toString()));
    }

    private static Rules anyRules(Random random, int count) {
        List<Rule> rules = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            List<Who> who = new ArrayList<>();
            for (int j = random.nextInt(3); j >= 0; j--) {
                who.add(anyWho(random));
            }
            List<String> listeners = new ArrayList<>();
            for (int j = random.nextInt(3); j > 0; j--) {
                listeners.add(LISTENERS.get(random.nextInt(LISTENERS.size())));
            }
            rules.add(new Rule(i, random.nextBoolean(), who, listeners, Rule.Settings.NONE));
        }
        return new Rules(rules);
    }

    private static Who anyWho(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(4) == 0 ? Who.Kind.ANY : Who.Kind.UNIX;
            case 1 -> new Who.Uid(random.nextInt(3));
            case 2 -> new Who.Gid(random.nextInt(3));
            default -> {
                byte[] address = anyAddress(random);
                yield new Who.Block(Cidr.around(address, random.nextInt(address.length * Byte.SIZE + 1)));
            }
        };
    }

    private static Peer anyPeer(Random random) {
        return random.nextInt(4) == 0
                ? new Peer.Unix(random.nextInt(4), random.nextInt(4))
                : Peer.inet(anyAddress(random));
    }

    /** Few different bits, so that blocks meet. */
    private static byte[] anyAddress(Random random) {
        byte[] address = new byte[random.nextBoolean() ? 4 : 16];
        for (int i = 0; i < 6; i++) {
            int bit = random.nextInt(address.length * Byte.SIZE);
            address[bit / Byte.SIZE] |= (byte) (random.nextInt(4) == 0 ? 0x80 >> bit % Byte.SIZE : 0);
        }
        return address;
    }

    private static Peer anyOf(Random random, Who who) {
        if (who instanceof Who.Block block) {
            byte[] address = new byte[block.block().six() ? 16 : 4];
            random.nextBytes(address);
            for (int i = 0; i < block.block().prefix(); i++) {
                long word = i < 64 ? block.block().high() : block.block().low();
                int bit = (int) (word >>> (63 - i % 64)) & 1;
                address[i / 8] &= (byte) ~(0x80 >> i % 8);
                address[i / 8] |= (byte) (bit << (7 - i % 8));
            }
            return Peer.inet(address);
        }
        if (who instanceof Who.Uid uid) {
            return new Peer.Unix(uid.id(), random.nextInt(4));
        }
        return new Peer.Unix(random.nextInt(4), who instanceof Who.Gid gid ? gid.id() : random.nextInt(4));
    }

    private static List<Who> who(String... texts) {
        return List.of(texts).stream().map(Who::parse).toList();
    }

    private static Verdict decide(Rules rules, String address) {
        return rules.decide(inet(address), "a");
    }

    private static Peer inet(String address) {
        return Peer.inet(IpLiteral.parse(address));
    }

    private static Rules rules(String... lines) throws RulesException {
        return parse(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    private static Rules parse(byte[] content) throws RulesException {
        return new RulesFile(Path.of("r"), name -> false).parse(content);
    }
}
