package forkd.posix;

import static forkd.posix.Native.LIBC;

import java.util.OptionalInt;
import jnr.ffi.Pointer;

/** Children that have ended and that nobody has taken away: they keep their pids, and with them the ids of their groups. */
public final class Zombies {
    private static final int P_ALL = 0;
    private static final int P_PID = 1;
    private static final int WNOHANG = 1;
    private static final int WSTOPPED = 2;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x01000000;
    private static final int WALL = 0x40000000;

    /** siginfo_t of waitid(2). */
    private static final int SI_CODE = 8;

    private static final int SI_PID = 16;
    private static final int CLD_DUMPED = 3; // CLD_EXITED and CLD_KILLED are 1 and 2

    private Zombies() {}

    /**
     * int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options) with P_ALL, WEXITED, WNOWAIT and WNOHANG; waitid(2): a
     * child that has ended, which stays until {@link Posix#waitpid} takes it. Does not block. Stops of traced threads, which are
     * reported in any case, are taken away, as waitpid(2) of any child does.
     */
    public static OptionalInt next() throws ErrnoException {
        Pointer info = Native.scratch();
        while (true) {
            if (!look(P_ALL, 0, info, WEXITED | WNOWAIT | WNOHANG) || info.getInt(SI_PID) == 0) {
                return OptionalInt.empty();
            }
            int pid = info.getInt(SI_PID);
            if (info.getInt(SI_CODE) <= CLD_DUMPED) {
                return OptionalInt.of(pid);
            }
            // Without WEXITED: it may have ended in between, and its end is not to be taken here.
            look(P_PID, pid, info, WSTOPPED | WNOHANG | WALL);
        }
    }

    /** Returns false where there is no such child. */
    private static boolean look(int idType, int id, Pointer info, int options) throws ErrnoException {
        int result;
        do {
            info.putInt(SI_PID, 0);
            result = LIBC.waitid(idType, id, info, options);
        } while (result < 0 && Native.interrupted());
        if (result < 0) {
            Errno errno = Native.errno();
            if (errno != Errno.ECHILD) {
                throw new ErrnoException("waitid(" + id + ")", errno);
            }
        }
        return result == 0;
    }
}
