package forkd.posix;

import static forkd.posix.Native.LIBC;
import static forkd.posix.WaitId.P_ALL;
import static forkd.posix.WaitId.P_PID;
import static forkd.posix.WaitId.SI_CODE;
import static forkd.posix.WaitId.SI_PID;
import static forkd.posix.WaitId.WALL;
import static forkd.posix.WaitId.WEXITED;
import static forkd.posix.WaitId.WNOHANG;
import static forkd.posix.WaitId.WNOWAIT;
import static forkd.posix.WaitId.WSTOPPED;

import java.util.OptionalInt;
import jnr.ffi.Pointer;

/** Children that have ended and that nobody has taken away: they keep their pids, and with them the ids of their groups. */
public final class Zombies {
    private static final int CLD_DUMPED = 3; // CLD_EXITED and CLD_KILLED are 1 and 2

    private Zombies() {}

    /**
     * int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options) with P_ALL, WEXITED and WNOWAIT; waitid(2). Blocks until
     * a child has ended and leaves it to be taken by {@link Posix#waitpid}; a child that is made meanwhile is waited for as well.
     *
     * @return which; empty where there is no child at all (ECHILD), or where a traced thread has stopped, which is reported in any
     *     case
     */
    public static OptionalInt await() throws ErrnoException {
        Pointer info = Native.scratch();
        boolean ended = look(P_ALL, 0, info, WEXITED | WNOWAIT) && info.getInt(SI_CODE) <= CLD_DUMPED;
        return ended ? OptionalInt.of(info.getInt(SI_PID)) : OptionalInt.empty();
    }

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

    /** The same of one child: whether it has ended and has not been taken away. Does not block. */
    public static boolean is(int pid) throws ErrnoException {
        Pointer info = Native.scratch();
        return look(P_PID, pid, info, WEXITED | WNOWAIT | WNOHANG) && info.getInt(SI_PID) == pid;
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
