package forkd.launcher.access;

import java.util.List;
import java.util.Optional;

/**
 * Who may connect to a server: everybody, or whom rules allow; rules of a file can be read again while they are asked. Any
 * thread may call.
 */
public final class Access {
    private static final Rules EVERYBODY =
            new Rules(List.of(new Rule(0, true, List.of(Who.Kind.ANY), List.of(), Rule.Settings.NONE)));

    private final boolean open;
    private final Optional<RulesFile> file;
    private volatile Rules rules;

    private Access(boolean open, Optional<RulesFile> file, Rules rules) {
        this.open = open;
        this.file = file;
        this.rules = rules;
    }

    /** Everybody may connect, and nobody has to ask. */
    public static Access open() {
        return new Access(true, Optional.empty(), EVERYBODY);
    }

    public static Access of(Rules rules) {
        return new Access(false, Optional.empty(), rules);
    }

    /**
     * The rules of a file, which is read now.
     *
     * @throws RulesException where the file cannot be used
     */
    public static Access of(RulesFile file) throws RulesException {
        return new Access(false, Optional.of(file), file.read());
    }

    /** Whether everybody may connect. */
    public boolean isOpen() {
        return open;
    }

    /** The rules that count now. */
    public Rules rules() {
        return rules;
    }

    /** Where they come from, if that is a file. */
    public Optional<RulesFile> file() {
        return file;
    }

    /**
     * Reads the file again. Blocks on the disk.
     *
     * @throws RulesException where it cannot be used; then the old rules go on counting
     */
    public synchronized void reload() throws RulesException {
        if (file.isPresent()) {
            rules = file.get().read();
        }
    }

    /** The origin of a rule, for people: {@code FILE:LINE}, or the rule itself where no file has it. */
    public String origin(Rule rule) {
        return file.map(from -> from.path() + ":" + rule.line()).orElseGet(rule::toString);
    }

    /**
     * What is most likely a mistake, each in one line: rules that are never reached, and conditions on listeners that are not
     * there.
     *
     * @param listeners the names of those that are
     */
    public List<String> doubts(List<String> listeners) {
        return new Doubts(this, listeners).lines();
    }
}
