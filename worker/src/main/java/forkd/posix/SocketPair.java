package forkd.posix;

/** The two ends of a socketpair(2). */
public record SocketPair(Fd first, Fd second) implements AutoCloseable {
    @Override
    public void close() {
        first.close();
        second.close();
    }
}
