package forkd.launcher.config;

import java.util.List;

/**
 * What a config file says.
 *
 * @param common the keys outside of all services, which count for each of them
 * @param services those of the file; empty where all keys are of one service without a name
 */
public record Config(List<ConfigEntry> common, List<Section> services) {
    /**
     * A service of its own: {@code [service.NAME]}.
     *
     * @param place {@code FILE:LINE:COLUMN}
     */
    public record Section(String name, List<ConfigEntry> entries, String place) {}
}
