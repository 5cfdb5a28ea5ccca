package forkd.launcher.server;

import java.io.IOException;

/** Why one of several services cannot be served. The cause is what went wrong, as it would be thrown for a service alone. */
public final class ServiceException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String service;

    ServiceException(String service, IOException cause) {
        super("service " + service + ": " + cause.getMessage(), cause);
        this.service = service;
    }

    /** Its name in the configuration. */
    public String service() {
        return service;
    }

    /** What went wrong. */
    public IOException failure() {
        return (IOException) getCause();
    }
}
