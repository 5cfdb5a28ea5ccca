package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import forkd.worker.ForkHook;
import forkd.worker.ForkHooks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Tells in which order its hooks were called. The property {@code hooks.fail} names one that fails: {@code before} or
 * {@code after}.
 */
public final class HookHandler implements ConnectionHandler, ForkHook {
    private static final StringBuilder CALLS = new StringBuilder();

    public HookHandler() {
        ForkHooks.register(new Named("one"));
    }

    @Override
    public void warmUp() {
        ForkHooks.register(new Named("two"));
    }

    @Override
    public void beforeFork() {
        call("before-handler");
    }

    @Override
    public void afterFork() {
        call("after-handler");
    }

    @Override
    public void handle(Connection connection) throws IOException {
        connection.output().write(CALLS.append("handle").toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void call(String name) {
        CALLS.append(name).append(' ');
        System.err.println("called " + name);
    }

    /** Notes that it was called. */
    private record Named(String name) implements ForkHook {
        @Override
        public void beforeFork() {
            call("before-" + name);
            failIfAsked("before");
        }

        @Override
        public void afterFork() {
            call("after-" + name);
            failIfAsked("after");
        }

        private void failIfAsked(String when) {
            if (name.equals("two") && when.equals(System.getProperty("hooks.fail"))) {
                throw new IllegalStateException(when + "-" + name + " on purpose");
            }
        }
    }
}
