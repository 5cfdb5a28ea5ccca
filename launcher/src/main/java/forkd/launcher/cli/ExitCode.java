package forkd.launcher.cli;

import forkd.launcher.config.ConfigException;
import forkd.posix.ErrnoException;

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

    /** Of a config file with problems that of the first. */
    static ExitCode of(ConfigException e) {
        return e.getCause() instanceof ErrnoException ? SYSTEM_CALL_FAILED : USAGE;
    }

    public int code() {
        return code;
    }
}
