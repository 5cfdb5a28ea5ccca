package forkd.zygote.crac;

import java.util.Objects;

/** The entry that {@code org.crac.Core} looks for in an implementation. */
public final class Core {
    private static final Context<Resource> GLOBAL = new GlobalContext();

    private Core() {}

    public static Context<Resource> getGlobalContext() {
        return Objects.requireNonNull(GLOBAL);
    }

    /** forkd decides when it forks; a program cannot ask for it. */
    @SuppressWarnings("DoNotCallSuggester")
    public static void checkpointRestore() throws CheckpointException, RestoreException {
        throw new UnsupportedOperationException("under forkd the launcher decides when the process is forked");
    }
}
