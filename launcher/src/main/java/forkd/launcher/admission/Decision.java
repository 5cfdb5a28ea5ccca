package forkd.launcher.admission;

/** What is to become of a connection that has been accepted and whose peer is known. */
public sealed interface Decision {
    /**
     * It gets a worker, and holds a slot until {@link Admission#free}.
     *
     * @param ofSource how many connections its source has now, with this one; 0 where nobody counts them
     */
    record Admit(int ofSource) implements Decision {}

    /** It stays accepted, and {@link Admission#retry} is asked again when something has changed. */
    record Wait() implements Decision {}

    /** It is closed. */
    record Close(Refusal why) implements Decision {}
}
