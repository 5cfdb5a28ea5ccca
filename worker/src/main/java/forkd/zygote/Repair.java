package forkd.zygote;

import java.io.IOException;

/** What a copy of a process must not share with its original, put right before any code of the user's runs. */
final class Repair {
    private final OpenFiles files;
    private final Randomness randomness;
    private Identity identity;

    /** Finds what there is to repair, for the rehearsal; in the zygote. */
    Repair() throws IOException, ReflectiveOperationException {
        files = OpenFiles.ofRehearsal();
        randomness = new Randomness();
        identity = new Identity();
    }

    /**
     * Finds it anew; in the zygote, when the user's code has run for the last time, save what other threads run.
     *
     * @throws UnforkableException where there is something that cannot be repaired
     */
    void findAgain() throws IOException, ReflectiveOperationException, UnforkableException {
        DefaultGenerator.check();
        Selectors.check();
        randomness.find();
        identity = new Identity();
        OpenFiles.list(); // whatever it needs is there from now on
    }

    /**
     * Finds what changes up to the last moment; in the zygote, when all other threads stand still. So it must not wait for one of
     * them, and may not load a class.
     */
    void findLast() throws IOException {
        files.find();
        randomness.findLast();
    }

    /**
     * In the child, before the launcher knows of it, and so before it can revive a thread that draws; in the zygote as a rehearsal. Loads
     * classes of the JDK's at most, which are not read from files.
     */
    void reseed() throws Exception {
        YoungGeneration.touch();
        randomness.reseed();
    }

    /** The rest, likewise. The files first: every further step may load a class. */
    void run() throws Exception {
        files.reopen();
        identity.refresh();
    }
}
