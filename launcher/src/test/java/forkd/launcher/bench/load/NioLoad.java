package forkd.launcher.bench.load;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * The closed loop of {@code load.c} in Java: one thread, a selector. It is here only to be compared with that one, which shows why
 * the generator is in C.
 */
public final class NioLoad {
    private static final int BYTES = 64;
    private static final int SOURCES = 200;
    private static final int FIRST_SOURCE = 0x7f000101;
    private static final long SECOND = 1_000_000_000L;

    private final InetSocketAddress server;
    private final Selector selector;
    private final ByteBuffer out = ByteBuffer.allocateDirect(BYTES);
    private final ByteBuffer in = ByteBuffer.allocateDirect(BYTES);
    private long until;
    private int turn;
    private int open;
    private long ok;

    private NioLoad(int port) throws IOException {
        this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.selector = Selector.open();
    }

    /** Arguments: port, clients, seconds. The first half of the time is for the compilers and does not count. */
    public static void main(String[] args) throws IOException {
        NioLoad load = new NioLoad(Integer.parseInt(args[0]));
        int clients = Integer.parseInt(args[1]);
        long half = (long) (Double.parseDouble(args[2]) * SECOND / 2);
        load.run(clients, half);
        load.ok = 0;
        long cpu = cpuNanos();
        long start = System.nanoTime();
        load.run(clients, half);
        System.out.println("ok=" + load.ok + " failed=0 nanos=" + (System.nanoTime() - start) + " cpu="
                + (cpuNanos() - cpu) + " bytes=0 step=- errno=0");
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private void run(int clients, long nanos) throws IOException {
        until = System.nanoTime() + nanos;
        for (int i = 0; i < clients; i++) {
            begin();
        }
        while (open > 0) {
            selector.select(this::step);
        }
    }

    private void begin() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        int source = FIRST_SOURCE + turn++ % SOURCES;
        byte[] address = ByteBuffer.allocate(Integer.BYTES).putInt(source).array();
        channel.bind(new InetSocketAddress(InetAddress.getByAddress(address), 0));
        open++;
        boolean connected = channel.connect(server);
        SelectionKey key = channel.register(selector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT);
        if (connected) {
            speak(channel, key);
        }
    }

    private void speak(SocketChannel channel, SelectionKey key) throws IOException {
        out.clear();
        channel.write(out);
        key.attach(BYTES);
        key.interestOps(SelectionKey.OP_READ);
    }

    private void step(SelectionKey key) {
        try {
            SocketChannel channel = (SocketChannel) key.channel();
            if (key.isConnectable()) {
                channel.finishConnect();
                speak(channel, key);
                return;
            }
            in.clear();
            int n = channel.read(in);
            if (n < 0) {
                channel.close();
                open--;
                ok++;
                if (System.nanoTime() < until) {
                    begin();
                }
                return;
            }
            int left = (Integer) key.attachment() - n;
            key.attach(left);
            if (left == 0) {
                channel.shutdownOutput();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
