package forkd.launcher.freeze;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** What the first thread of a process is doing, as far as it matters to its revival. */
enum MainThread {
    /** In a system call that waits for a descriptor: a client, a pipe, several of them. */
    WAITS_FOR_OTHERS,
    /** In a futex(2): it waits for another thread of its process, which may be one that is not there. */
    WAITS_FOR_THREAD,
    /** The same, but no longer than some time: it sleeps, or waits for a result as long as it is worth it. */
    WAITS_FOR_A_WHILE,
    /** On a processor or waiting for one, or in a system call of another kind. */
    AT_WORK;

    private static final int FUTEX = 202;
    /** Its place behind the number: address, operation, value, time limit. */
    private static final int FUTEX_LIMIT = 4;

    /**
     * read write poll readv writev select accept sendto recvfrom sendmsg recvmsg epoll_wait pselect6 ppoll epoll_pwait accept4
     * epoll_pwait2.
     */
    private static final Set<Integer> DESCRIPTORS =
            Set.of(0, 1, 7, 19, 20, 23, 43, 44, 45, 46, 47, 232, 270, 271, 281, 288, 441);

    /** Reads /proc/PID/syscall, proc(5). Throws where the process is gone. */
    static MainThread of(int pid) throws IOException {
        return parse(Files.readString(Path.of("/proc/" + pid + "/syscall")));
    }

    /** @param text {@code running}, or the number of the system call (-1 for none), its arguments, rsp and rip */
    static MainThread parse(String text) {
        String[] words = text.split(" ", -1);
        if (words.length == 1) {
            return AT_WORK;
        }
        int call = Integer.parseInt(words[0]);
        if (call == FUTEX) {
            return words[FUTEX_LIMIT].equals("0x0") ? WAITS_FOR_THREAD : WAITS_FOR_A_WHILE;
        }
        return DESCRIPTORS.contains(call) ? WAITS_FOR_OTHERS : AT_WORK;
    }
}
