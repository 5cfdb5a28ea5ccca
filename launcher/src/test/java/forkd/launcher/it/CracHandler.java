package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/** Knows CRaC and nothing of forkd's hooks, as a framework would. */
public final class CracHandler implements ConnectionHandler {
    private final Noting one = new Noting("one");
    private final Noting two = new Noting("two");

    public CracHandler() {
        Core.getGlobalContext().register(one);
        Core.getGlobalContext().register(two);
    }

    @Override
    public void handle(Connection connection) throws IOException {
        connection.output().write(Noting.CALLS.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Notes that it was called, in which process. */
    private record Noting(String name) implements Resource {
        private static final StringBuilder CALLS = new StringBuilder();

        @Override
        public void beforeCheckpoint(Context<? extends Resource> context) {
            CALLS.append("before-").append(name).append(' ');
        }

        @Override
        public void afterRestore(Context<? extends Resource> context) {
            CALLS.append("after-")
                    .append(name)
                    .append('-')
                    .append(ProcessHandle.current().pid())
                    .append(' ');
        }
    }
}
