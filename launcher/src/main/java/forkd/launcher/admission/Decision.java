package forkd.launcher.admission;

/** What is to become of a connection that has been accepted and whose peer is known. */
public sealed interface Decision {
    /**
     * It gets a worker, and holds a slot until {@link Admission#free}.
     *
     * @param ofSource how many connections its source has now, with this one; 0 where nobody counts them
     */
    record Admit(int ofSource) implements Decision {
        static final Admit UNCOUNTED = new Admit(0);
    }

    /** It stays accepted, and {@link Admission#retry} is asked again when something has changed. */
    record Wait() implements Decision {
        static final Wait ON = new Wait();
    }

    /** It is closed. */
    record Close(Refusal why) implements Decision {}

    /** Its client is told one line, and it is closed. */
    record Reject(Refusal why, String text) implements Decision {}
}
