package forkd.launcher.bench.handler;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import forkd.worker.handler.EchoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Echo by a handler that has loaded much before: lists of small objects, all of them alive. */
public final class HeapEcho implements ConnectionHandler {
    /** System property: how many megabytes. */
    public static final String MEGABYTES = "bench.heap";

    private static final int OBJECT_BYTES = 1000;
    private static final int OBJECTS_A_MEGABYTE = 1000;
    private static final int WARM_UPS_SEED = 5;
    private static final List<byte[]> LOADED = new ArrayList<>();

    @Override
    public void warmUp() {
        Random random = new Random(WARM_UPS_SEED);
        int objects = Integer.getInteger(MEGABYTES) * OBJECTS_A_MEGABYTE;
        for (int i = 0; i < objects; i++) {
            byte[] bytes = new byte[OBJECT_BYTES];
            bytes[0] = (byte) random.nextInt();
            LOADED.add(bytes);
        }
    }

    @Override
    public void handle(Connection connection) throws Exception {
        new EchoHandler().handle(connection);
    }
}
