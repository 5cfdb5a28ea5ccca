package forkd.zygote;

import forkd.posix.RawFork;
import forkd.posix.ThreadImage;
import forkd.worker.WorkerExit;
import java.util.ArrayList;
import java.util.List;

/**
 * Which of the VM's threads a worker brings back to life by itself. None, as a rule: a short connection needs none, and each
 * would cost it a tenth of what it costs altogether. The launcher revives them later, from outside, in workers that live
 * on: the VM Thread in all of them, the others in those that have work for them. Two exceptions:
 *
 * <ul>
 *   <li>The end of the VM ({@link System#exit}) wants the VM Thread and the watcher ("VM Periodic Task") at once.
 *   <li>Where workers collect garbage as soon as they begin, the launcher asks for the VM Thread at the fork.
 * </ul>
 */
final class ThreadRevival {
    private final List<ThreadImage> images = new ArrayList<>();
    private ThreadImage vmThread;
    private ThreadImage watcher;

    /** Adds a captured thread; before the fork. */
    void add(ThreadImage image) {
        images.add(image);
        if (image.name().equals(ZygoteProtocol.VM_THREAD)) {
            vmThread = image;
        }
        if (image.name().equals(ZygoteProtocol.WATCHER)) {
            watcher = image;
        }
    }

    /** The names of what was captured. */
    boolean isComplete() {
        return vmThread != null && watcher != null;
    }

    /** In the child, before it does anything, where it was asked to. */
    void reviveEarly() {
        if (!vmThread.revive()) {
            RawFork.exit(WorkerExit.SYSTEM_CALL_FAILED.code());
        }
    }

    /** Called while the VM shuts down, and by who will make it shut down. */
    void reviveForExit() {
        if (!vmThread.reviveIfAbsent() || !watcher.reviveIfAbsent()) {
            RawFork.exit(WorkerExit.SYSTEM_CALL_FAILED.code());
        }
    }
}
