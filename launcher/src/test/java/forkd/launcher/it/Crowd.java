package forkd.launcher.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Many clients at once, who each say hello to an echo, note the answer, and stay until they are sent away. */
final class Crowd implements AutoCloseable {
    static final String SERVED = "hello";
    /** The end of file, or a reset: the server has closed with our hello unread. */
    static final String CLOSED = "";

    private final Queue<Client> clients = new ConcurrentLinkedQueue<>();
    private final Queue<Client> served = new ConcurrentLinkedQueue<>();
    private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    private Crowd() {}

    /** So many clients, all from this address, who stay. */
    static Crowd staying(ForkdServer server, int clients, String from) {
        return new Crowd().start(() -> Client.of(server.connectFrom(from)), clients, true);
    }

    /** The same, who leave as soon as they have an answer. */
    static Crowd leaving(ForkdServer server, int clients, String from) {
        return leaving(() -> Client.of(server.connectFrom(from)), clients);
    }

    /** The same, who connect in this way. */
    static Crowd leaving(Callable<Client> connect, int clients) {
        return new Crowd().start(connect, clients, false);
    }

    private Crowd start(Callable<Client> connect, int clients, boolean stay) {
        for (int i = 0; i < clients; i++) {
            Thread thread = new Thread(() -> run(connect, stay), "client " + i);
            threads.add(thread);
            thread.start();
        }
        return this;
    }

    private void run(Callable<Client> connect, boolean stay) {
        try {
            Client client = connect.call();
            clients.add(client);
            if (closed) {
                client.connection().close(); // whoever comes that late may have been missed
            }
            String answer = ask(client);
            if (!stay) {
                client.connection().close();
            } else if (answer.equals(SERVED)) {
                served.add(client);
            }
            answers.add(answer);
        } catch (Exception e) {
            answers.add("cannot connect: " + e);
        }
    }

    private static String ask(Client client) {
        StringBuilder line = new StringBuilder();
        try {
            client.output().write((SERVED + "\n").getBytes(StandardCharsets.UTF_8));
            for (int c = client.input().read();
                    c >= 0 && c != '\n';
                    c = client.input().read()) {
                line.append((char) c);
            }
        } catch (IOException e) {
            return CLOSED; // reset, by the server or by the end of this test
        }
        return line.toString();
    }

    /** The next so many answers; waits for them. */
    List<String> answers(int count) throws InterruptedException {
        List<String> found = new ArrayList<>();
        while (found.size() < count) {
            String answer = answers.poll(ForkdServer.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (answer == null) {
                throw new AssertionError("no more answers than " + found.size() + " of " + count);
            }
            found.add(answer);
        }
        return found;
    }

    static long count(List<String> answers, String answer) {
        return answers.stream().filter(answer::equals).count();
    }

    /** Whether nobody else has an answer by now. */
    boolean isSilent() {
        return answers.isEmpty();
    }

    /** Sends those away who were served so far and stay. */
    void sendServedAway() {
        closeAll(served);
        served.clear();
    }

    private static void closeAll(Queue<Client> all) {
        for (Client client : all) {
            try {
                client.connection().close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Sends all away, those as well who have no answer yet. */
    @Override
    public void close() throws InterruptedException {
        closed = true;
        closeAll(clients);
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
