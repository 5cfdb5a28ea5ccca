package forkd.posix;

/** The type of a socket: socket(2). */
public enum SocketType {
    SOCK_STREAM(1),
    SOCK_DGRAM(2),
    SOCK_SEQPACKET(5);

    private final int number;

    SocketType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
