package forkd.zygote;

import forkd.posix.RawFork;
import forkd.posix.ThreadImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Which of the VM's threads a worker brings back to life by itself. The VM Thread always and at once: without it the first
 * garbage collection, deoptimisation or thread dump would wait for ever. Without the watcher ("VM Periodic Task")
 * {@link System#exit} would, so it is revived when the VM shuts down. All others the launcher revives later, from outside,
 * in workers that have work for them.
 */
final class ThreadRevival {
    private static final String VM_THREAD = "VM Thread";
    private static final String WATCHER = "VM Periodic Tas"; // the kernel keeps 15 bytes

    private final List<ThreadImage> images = new ArrayList<>();
    private ThreadImage vmThread;
    private ThreadImage watcher;

    /** Adds a captured thread; before the fork. */
    void add(ThreadImage image) {
        images.add(image);
        if (image.name().equals(VM_THREAD)) {
            vmThread = image;
        }
        if (image.name().equals(WATCHER)) {
            watcher = image;
        }
    }

    /** The names of what was captured. */
    boolean isComplete() {
        return vmThread != null && watcher != null;
    }

    void reviveAtFork() {
        if (!vmThread.revive()) {
            RawFork.exit(111);
        }
    }

    /** Called while the VM shuts down. */
    void reviveForExit() {
        watcher.reviveIfAbsent();
    }
}
