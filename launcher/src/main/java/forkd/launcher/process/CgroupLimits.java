package forkd.launcher.process;

import java.util.Map;

/**
 * What each worker's cgroup is limited to.
 *
 * @param files the files of cgroups(7) with what is written into them, as {@code memory.max} and {@code 67108864}
 */
public record CgroupLimits(Map<String, String> files) {
    /** Whether there are none, and so no cgroups either. */
    public boolean isEmpty() {
        return files.isEmpty();
    }
}
