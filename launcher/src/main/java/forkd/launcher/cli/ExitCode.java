package forkd.launcher.cli;

import forkd.launcher.config.ConfigException;
import forkd.launcher.server.ListenException;
import forkd.launcher.server.ServiceException;
import forkd.posix.ErrnoException;
import java.io.IOException;

/** The exit codes of the {@code forkd} command. */
public enum ExitCode {
    /** All went well; of {@code serve}: it was stopped by a signal and its workers are gone. */
    OK(0),
    /** A check found something wrong, or forkd itself failed. */
    FAILED(1),
    /** The command line names something that cannot be used. Nothing was started. */
    USAGE(2),
    /** A system call failed; the message names it, with its errno. The number is that of tcpserver and s6. */
    SYSTEM_CALL_FAILED(111);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** With which a failure ends the command; of a config file with several problems that of the first. */
    static ExitCode of(IOException e) {
        if (e instanceof ServiceException service) {
            return of(service.failure());
        }
        if (e instanceof ErrnoException) {
            return SYSTEM_CALL_FAILED;
        }
        if (e instanceof ConfigException config) {
            return config.getCause() instanceof ErrnoException ? SYSTEM_CALL_FAILED : USAGE;
        }
        return e instanceof ListenException ? USAGE : FAILED;
    }

    public int code() {
        return code;
    }
}
