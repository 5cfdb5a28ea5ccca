package forkd.zygote.crac;

/** Looked for by {@code org.crac}; never thrown here. */
public final class RestoreException extends Exception {
    private static final long serialVersionUID = 1L;
}
