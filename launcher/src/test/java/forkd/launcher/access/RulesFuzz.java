package forkd.launcher.access;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a fuzzer drives: the input is a file of rules, and each of its lines a block of addresses. Jazzer finds the method by its
 * name; nothing of Jazzer is needed to compile or to replay it.
 */
public final class RulesFuzz {
    private static final List<String> LISTENERS = List.of("a", "web");

    private RulesFuzz() {}

    /** Any input is read or refused in a line, and what is read means the same when it is printed and read again. */
    public static void fuzzerTestOneInput(byte[] data) {
        for (String line : new String(data, StandardCharsets.UTF_8).split("\n", 8)) {
            block(line);
        }
        Rules rules;
        try {
            rules = new RulesFile(Path.of("r"), name -> name.startsWith("FORKD_")).parse(data);
        } catch (RulesException e) {
            e.problems().forEach(RulesFuzz::check);
            return;
        }
        for (Rule rule : rules.rules()) {
            readAgain(rule);
        }
        for (Peer peer : peers(rules)) {
            for (String listener : LISTENERS) {
                Optional<Rule> decided = rules.decide(peer, listener).rule();
                if (!decided.equals(walk(rules.rules(), peer, listener))) {
                    throw new AssertionError(peer + " on " + listener + " is decided by " + decided);
                }
            }
        }
    }

    private static void block(String text) {
        try {
            Cidr block = Cidr.parse(text);
            if (!Cidr.parse(block.toString()).equals(block)) {
                throw new AssertionError(text + " is printed as " + block);
            }
        } catch (IllegalArgumentException e) {
            checkText(e.getMessage());
        }
    }

    private static void check(String problem) {
        if (!problem.matches("r:\\d+:\\d+: .+")) {
            throw new AssertionError("a problem without its place: " + problem);
        }
        checkText(problem);
    }

    private static void checkText(String message) {
        if (message.isEmpty()
                || message.chars().anyMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029)) {
            throw new AssertionError("a message that is not one line: " + message);
        }
    }

    private static void readAgain(Rule rule) {
        try {
            Rule again = RuleParser.parse(rule.line(), rule.toString(), name -> false)
                    .orElseThrow();
            if (!again.equals(rule)) {
                throw new AssertionError(rule + " is read again as " + again);
            }
        } catch (RuleSyntaxException e) {
            throw new AssertionError(rule + " is not read again: " + e.getMessage(), e);
        }
    }

    private static List<Peer> peers(Rules rules) {
        List<Peer> peers = new ArrayList<>(List.of(new Peer.Unix(0, 0), Peer.inet(new byte[16])));
        for (Rule rule : rules.rules()) {
            for (Who who : rule.who()) {
                if (who instanceof Who.Block block) {
                    // The first address of the block.
                    Cidr first = new Cidr(
                            block.block().six(),
                            block.block().high(),
                            block.block().low(),
                            block.block().six() ? Cidr.IPV6_BITS : Cidr.IPV4_BITS);
                    peers.add(new Peer.Inet(first));
                } else if (who instanceof Who.Uid uid) {
                    peers.add(new Peer.Unix(uid.id(), 1));
                } else if (who instanceof Who.Gid gid) {
                    peers.add(new Peer.Unix(1, gid.id()));
                }
            }
        }
        return peers.subList(0, Math.min(peers.size(), 16));
    }

    private static Optional<Rule> walk(List<Rule> rules, Peer peer, String listener) {
        return rules.stream()
                .filter(rule -> rule.listeners().isEmpty() || rule.listeners().contains(listener))
                .filter(rule -> rule.who().stream().anyMatch(who -> fits(who, peer)))
                .findFirst();
    }

    private static boolean fits(Who who, Peer peer) {
        if (peer instanceof Peer.Unix unix) {
            return who instanceof Who.Kind
                    || (who instanceof Who.Uid uid && uid.id() == unix.uid())
                    || (who instanceof Who.Gid gid && gid.id() == unix.gid());
        }
        return who == Who.Kind.ANY
                || (who instanceof Who.Block block
                        && block.block()
                                .contains(IpLiteral.parse(
                                        ((Peer.Inet) peer).address().toString())));
    }
}
