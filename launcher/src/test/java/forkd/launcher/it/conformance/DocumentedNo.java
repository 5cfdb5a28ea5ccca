package forkd.launcher.it.conformance;

/** What a worker cannot do, and need not. */
final class DocumentedNo extends Exception {
    private static final long serialVersionUID = 1L;

    DocumentedNo(String reason) {
        super(reason);
    }
}
