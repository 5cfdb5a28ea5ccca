package forkd.launcher.server;

import java.util.Optional;

/**
 * {@code systemd} or {@code systemd:NAME}: the listening sockets that a service manager hands over; sd_listen_fds(3).
 *
 * @param name those of this name only: FileDescriptorName= of systemd.socket(5)
 */
public record SystemdSockets(Optional<String> name) implements ListenSource {
    @Override
    public String toString() {
        return name.map(only -> "systemd:" + only).orElse("systemd");
    }
}
