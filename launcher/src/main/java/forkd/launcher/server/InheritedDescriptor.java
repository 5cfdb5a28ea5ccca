package forkd.launcher.server;

/**
 * {@code fd:N}: a listening socket that the process which started this one has left open.
 *
 * @param number the descriptor: 0, or 3 and above
 */
public record InheritedDescriptor(int number) implements ListenSource {
    @Override
    public String toString() {
        return "fd:" + number;
    }
}
