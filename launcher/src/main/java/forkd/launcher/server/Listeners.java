package forkd.launcher.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Opens all listeners, or none. */
final class Listeners {
    private Listeners() {}

    /**
     * Opens them in the order of the specs; the caller closes them.
     *
     * @param specs what the user asks for; {@code systemd} can be several
     * @param backlog how many connections may wait for accept, where a listener has no number of its own
     */
    static List<Listener> open(List<ListenSpec> specs, int backlog, InheritedSockets inherited) throws IOException {
        List<Listener> listeners = new ArrayList<>();
        try {
            for (ListenSpec spec : specs) {
                if (spec.source() instanceof ListenAddress address) {
                    listeners.add(Listener.open(address, spec.options(), backlog));
                } else if (spec.source() instanceof InheritedDescriptor descriptor) {
                    listeners.add(Listener.inherited(spec, inherited.descriptor(descriptor)));
                } else if (spec.source() instanceof SystemdSockets systemd) {
                    for (InheritedSockets.Found found : inherited.systemd(systemd)) {
                        listeners.add(Listener.inherited(spec, found));
                    }
                }
            }
            return listeners;
        } catch (IOException | RuntimeException e) {
            listeners.forEach(Listener::close);
            throw e;
        }
    }
}
