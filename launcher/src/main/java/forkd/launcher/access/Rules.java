package forkd.launcher.access;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Rules in their order: the first one that fits a peer decides, and where none fits it is denied. Immutable.
 *
 * <p>A lookup does not walk the rules. Each rule stands in a table under what it is about; of two under one key only the first
 * can ever be the first that fits. A peer has few keys: for an address one for each length of prefix that any rule has, at
 * most 33 in IPv4 and 129 in IPv6, whatever the number of rules is.
 */
public final class Rules {
    /** Every listener, as a key. No listener has an empty name. */
    private static final String ALL = "";

    private static final int NONE = Integer.MAX_VALUE;

    private record Key(Who who, String listener) {
        @Override
        public int hashCode() {
            return who.hashCode() * 31 + listener.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.who.equals(who) && key.listener.equals(listener);
        }
    }

    /**
     * A rule, or a part of one, that decides nothing.
     *
     * @param rule the rule
     * @param who the part that an earlier rule has taken
     * @param by that rule
     */
    public record Unreachable(Rule rule, Who who, Rule by) {}

    private final List<Rule> rules;
    private final List<Verdict> verdicts;
    private final Map<Key, Integer> firsts = new HashMap<>();
    private final int[] prefixes4;
    private final int[] prefixes6;
    private final boolean asksForListener;
    private final boolean asksForIds;
    private final List<Unreachable> unreachable = new ArrayList<>();

    public Rules(List<Rule> rules) {
        this.rules = List.copyOf(rules);
        this.verdicts = this.rules.stream().map(Rule::verdict).toList();
        this.prefixes4 = prefixes(false);
        this.prefixes6 = prefixes(true);
        this.asksForListener = rules.stream().anyMatch(rule -> !rule.listeners().isEmpty());
        this.asksForIds = rules.stream()
                .flatMap(rule -> rule.who().stream())
                .anyMatch(who -> who instanceof Who.Uid || who instanceof Who.Gid);
        for (int i = 0; i < this.rules.size(); i++) {
            add(i);
        }
    }

    /**
     * Rules of two unordered lists, as of --allow and --deny: the most specific one decides. Who is in neither is allowed only
     * where nobody is named as allowed.
     *
     * @throws IllegalArgumentException with one line, where both lists name the same
     */
    public static Rules mostSpecific(List<Who> allow, List<Who> deny) {
        List<Rule> rules = new ArrayList<>();
        deny.forEach(who -> rules.add(rule(false, who)));
        for (Who who : allow) {
            if (deny.contains(who)) {
                throw new IllegalArgumentException(who + " is both allowed and denied");
            }
            rules.add(rule(true, who));
        }
        rules.sort(Comparator.comparingInt(rule -> -rule.who().get(0).specificity()));
        if (allow.isEmpty()) {
            rules.add(rule(true, Who.Kind.ANY));
        }
        return new Rules(rules);
    }

    private static Rule rule(boolean allow, Who who) {
        return new Rule(0, allow, List.of(who), List.of(), Rule.Settings.NONE);
    }

    private int[] prefixes(boolean six) {
        TreeSet<Integer> lengths = new TreeSet<>();
        for (Rule rule : rules) {
            for (Who who : rule.who()) {
                if (who instanceof Who.Block block && block.block().six() == six) {
                    lengths.add(block.block().prefix());
                }
            }
        }
        return lengths.stream().mapToInt(Integer::intValue).toArray();
    }

    private void add(int index) {
        Rule rule = rules.get(index);
        List<String> listeners = rule.listeners().isEmpty() ? List.of(ALL) : rule.listeners();
        // Asked before this rule is in the table: its own parts are no rivals of each other.
        for (Who who : rule.who()) {
            int by = listeners.stream()
                    .mapToInt(listener -> first(who, listener))
                    .max()
                    .orElse(NONE);
            if (by != NONE) {
                unreachable.add(new Unreachable(rule, who, rules.get(by)));
            }
        }
        for (Who who : rule.who()) {
            listeners.forEach(listener -> firsts.putIfAbsent(new Key(who, listener), index));
        }
    }

    /** What becomes of a peer on the listener of this name. Any thread; does not block. */
    public Verdict decide(Peer peer, String listener) {
        int first;
        if (peer instanceof Peer.Unix unix) {
            first = asksForIds
                    ? Math.min(first(new Who.Uid(unix.uid()), listener), first(new Who.Gid(unix.gid()), listener))
                    : first(Who.Kind.UNIX, listener);
        } else {
            first = first(new Who.Block(((Peer.Inet) peer).address()), listener);
        }
        return first == NONE ? Verdict.NO_RULE_FITS : verdicts.get(first);
    }

    /** The first rule that fits all of these, on this listener. */
    private int first(Who who, String listener) {
        int first = at(Who.Kind.ANY, listener);
        if (who instanceof Who.Block block) {
            Cidr whole = block.block();
            for (int prefix : whole.six() ? prefixes6 : prefixes4) {
                if (prefix > whole.prefix()) {
                    break;
                }
                first = Math.min(first, at(new Who.Block(whole.shortened(prefix)), listener));
            }
            return first;
        }
        return who == Who.Kind.ANY ? first : Math.min(first, Math.min(at(Who.Kind.UNIX, listener), at(who, listener)));
    }

    private int at(Who who, String listener) {
        int first = firsts.getOrDefault(new Key(who, ALL), NONE);
        return asksForListener ? Math.min(first, firsts.getOrDefault(new Key(who, listener), NONE)) : first;
    }

    /** Whether a decision can depend on the user or the group of a Unix socket's client. */
    public boolean asksForIds() {
        return asksForIds;
    }

    /** The rules in their order. */
    public List<Rule> rules() {
        return rules;
    }

    /** What an earlier rule has taken from a later one, most often by an order that was meant otherwise. */
    public List<Unreachable> unreachable() {
        return List.copyOf(unreachable);
    }
}
