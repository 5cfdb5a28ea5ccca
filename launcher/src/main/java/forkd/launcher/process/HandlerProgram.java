package forkd.launcher.process;

import forkd.worker.WorkerContract;
import forkd.worker.WorkerMain;
import java.util.ArrayList;
import java.util.List;

/** A fresh JVM that runs a handler. */
public final class HandlerProgram implements WorkerProgram {
    private final WorkerJvm jvm;
    private final String handler;

    public HandlerProgram(WorkerJvm jvm, String handler) {
        this.jvm = jvm;
        this.handler = handler;
    }

    @Override
    public String path() {
        return jvm.executable();
    }

    @Override
    public List<String> argv(Incoming connection) {
        String peer = connection.peer().toString();
        List<String> argv = new ArrayList<>();
        // The worker writes the same title over all of its arguments as soon as it runs.
        argv.add(WorkerContract.title(connection.id(), handler, peer));
        argv.addAll(jvm.options());
        argv.add(WorkerMain.class.getName());
        argv.add(handler);
        argv.add(peer);
        return argv;
    }

    @Override
    public String kind() {
        return "handler";
    }

    @Override
    public String name() {
        return handler;
    }
}
