package forkd.zygote;

/** What a copy of a process must not share with its original, put right before any code of the user's runs. */
final class Repair {
    private final OpenFiles files;
    private final Randomness randomness;
    private final Identity identity;

    Repair(OpenFiles files, Randomness randomness, Identity identity) {
        this.files = files;
        this.randomness = randomness;
        this.identity = identity;
    }

    /** In the child, once; in the zygote as a rehearsal. The files first: every further step may load a class. */
    void run() throws Exception {
        files.reopen();
        randomness.reseed();
        identity.refresh();
    }
}
