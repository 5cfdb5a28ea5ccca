package forkd.zygote;

import forkd.posix.AcceptedConnection;
import forkd.posix.Fd;
import forkd.posix.InetAddr;
import forkd.posix.Posix;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.worker.ChannelSource;
import forkd.worker.ConnectionBytes;
import forkd.worker.ConnectionHandler;
import forkd.worker.ForkHook;
import forkd.worker.ForkHooks;
import forkd.worker.HandlerException;
import forkd.worker.Handlers;
import forkd.worker.WorkerContract;
import forkd.worker.WorkerExit;
import forkd.worker.WorkerMain;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the handler and warms it: the classes of a list, {@link ConnectionHandler#warmUp()}, then as many connections as were asked for, over a
 * real socket on descriptors 0 and 1, so that the path is the one that a worker takes.
 */
final class WarmUp {
    private static final byte[] DEFAULT_INPUT = "warm-up\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int ENOUGH_BYTES = 1 << 20;
    private static final String NULL = "/dev/null";
    /** The listener's name in a warm-up. */
    private static final String LISTENER = "warm-up";

    private final String handlerName;
    private final int runs;
    private final String inputFile;
    private final Environment environment;
    private final ConnectionBytes bytes;

    /**
     * @param environment for the time of the connections; null where there are none
     * @param bytes what streams of workers will read and write with
     */
    WarmUp(String handlerName, int runs, String inputFile, Environment environment, ConnectionBytes bytes) {
        this.bytes = bytes;
        this.environment = environment;
        this.handlerName = handlerName;
        this.runs = runs;
        this.inputFile = inputFile;
    }

    /** The handler that all workers get a copy of; the ones that were warmed are other instances. */
    ConnectionHandler run() throws Exception {
        ClassLoader loader = ClassLoader.getSystemClassLoader();
        ConnectionHandler handler = Handlers.create(handlerName, loader);
        String classes = System.getProperty(WorkerContract.CLASSES);
        if (classes != null) {
            new ClassList(Path.of(classes)).load(loader);
        }
        try {
            handler.warmUp();
        } catch (Exception
                | Error e) { // a class that is missing or cannot be initialised is the handler's failure, too
            throw failed("its warmUp failed", e);
        }
        byte[] input = input();
        for (int i = 0; i < runs; i++) {
            connection(Handlers.create(handlerName, loader), input);
            bytes.practise();
        }
        if (environment != null) {
            environment.pretend(List.of());
        }
        if (handler instanceof ForkHook hook) {
            ForkHooks.register(hook);
        }
        return handler;
    }

    /** One connection more, where connections were asked for. */
    void again() throws Exception {
        if (runs > 0) {
            connection(Handlers.create(handlerName, ClassLoader.getSystemClassLoader()), input());
            environment.pretend(List.of());
        }
    }

    private byte[] input() throws HandlerException {
        return inputFile == null ? DEFAULT_INPUT : read(inputFile);
    }

    private HandlerException failed(String what, Throwable e) {
        return new HandlerException("handler " + handlerName + ": " + what + ": " + e, e);
    }

    private void connection(ConnectionHandler handler, byte[] input) throws Exception {
        try (Fd listener = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM);
                Fd client = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            Sockets.bind(listener, InetAddr.of(LOOPBACK, 0));
            Sockets.listen(listener, 1);
            Sockets.connect(client, Sockets.getsockname(listener));
            AcceptedConnection accepted = Sockets.accept(listener).orElseThrow();
            environment.pretend(new ConnectionVariables(0, LISTENER)
                    .addresses(accepted.peer(), Sockets.getsockname(accepted.socket()))
                    .list());
            try (Fd socket = accepted.socket()) {
                Posix.dup2(socket.number(), WorkerContract.CONNECTION_IN);
                Posix.dup2(socket.number(), WorkerContract.CONNECTION_OUT);
            }
            Thread talker = new Thread(() -> talk(client, input), "warm-up client");
            talker.setDaemon(true); // a program's connection lasts as long as a thread that is none
            talker.start();
            List<Channel> opened = new ArrayList<>();
            ChannelSource channels = new RememberedChannel(new AdoptedChannel(bytes), opened);
            InputStream in = System.in;
            PrintStream out = System.out;
            WorkerExit exit = WorkerMain.serve(handler, 0, channels);
            System.setIn(in); // a program's are its connection
            System.setOut(out);
            hangUp(opened);
            talker.join();
            if (exit == WorkerExit.HANDLER_FAILED) {
                throw new HandlerException(
                        "handler " + handlerName + ": it failed while it was warmed up: see the trace above");
            }
        }
    }

    /**
     * The part of a client: sends the input, half-closes, reads what comes, and goes when it has read enough, since a handler
     * may go on for ever.
     */
    private static void talk(Fd client, byte[] input) {
        byte[] buffer = new byte[1 << 16];
        try {
            Posix.write(client, input, 0, input.length);
            Sockets.shutdown(client, Sockets.SHUT_WR);
            int read = 0;
            for (int n = 0; n >= 0 && read < ENOUGH_BYTES; n = Posix.read(client, buffer, 0, buffer.length)) {
                read += n;
            }
        } catch (IOException e) {
            // The handler hung up before it had read all of its input, which is its right.
            return;
        } finally {
            client.close();
        }
    }

    /** Another one, that notes what it has opened. */
    private record RememberedChannel(ChannelSource source, List<Channel> opened) implements ChannelSource {
        @Override
        public SocketChannel open() throws IOException {
            SocketChannel channel = source.open();
            if (channel != null) {
                opened.add(channel);
            }
            return channel;
        }

        @Override
        public ConnectionBytes bytes() {
            return source.bytes();
        }
    }

    /**
     * The worker's end: puts /dev/null back, closes the channels that the handler has opened, and lets the class library forget
     * its own, which exists once a process.
     */
    private static void hangUp(List<Channel> opened) throws IOException, ReflectiveOperationException {
        try (Fd nothing = Posix.open(NULL)) {
            Posix.dup2(nothing.number(), WorkerContract.CONNECTION_IN);
            Posix.dup2(nothing.number(), WorkerContract.CONNECTION_OUT);
        }
        Class<?> inherited = Class.forName("sun.nio.ch.InheritedChannel");
        Field channel = accessible(inherited.getDeclaredField("channel"));
        if (channel.get(null) instanceof Channel open) {
            opened.add(open);
            channel.set(null, null);
        }
        if (!opened.isEmpty()) {
            // Closing the library's also puts /dev/null onto descriptor 2, which stays the log.
            try (Fd log = Posix.duplicate(WorkerContract.LOG)) {
                for (Channel one : opened) {
                    one.close();
                }
                Posix.dup2(log.number(), WorkerContract.LOG);
            }
        }
        accessible(inherited.getDeclaredField("haveChannel")).setBoolean(null, false);
    }

    private static Field accessible(Field field) {
        field.setAccessible(true);
        return field;
    }

    private static byte[] read(String file) throws HandlerException {
        try (FileInputStream in = new FileInputStream(new File(file))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new HandlerException("--warm-up-input " + file + ": " + e.getMessage(), e);
        }
    }
}
