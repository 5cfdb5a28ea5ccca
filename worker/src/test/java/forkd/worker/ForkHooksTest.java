package forkd.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every hook is called, whatever another one throws. They cannot be taken off again, so all tests have the same. */
class ForkHooksTest {
    private static final List<String> CALLS = new ArrayList<>();

    private record Hook(String name) implements ForkHook {
        @Override
        public void beforeFork() throws Exception {
            call("before-");
        }

        @Override
        public void afterFork() throws Exception {
            call("after-");
        }

        private void call(String when) throws Exception {
            CALLS.add(when + name);
            if (name.equals("error")) {
                throw new LinkageError("an error on purpose");
            }
            if (name.equals("exception")) {
                throw new IOException("an exception on purpose");
            }
        }
    }

    @BeforeAll
    static void register() {
        for (String name : List.of("first", "error", "exception", "last")) {
            ForkHooks.register(new Hook(name));
        }
    }

    @BeforeEach
    void forget() {
        CALLS.clear();
    }

    @Test
    void anErrorBeforeTheForkKeepsNoHookFromItsCall() {
        Throwable thrown = assertThrows(IOException.class, ForkHooks::runBeforeFork);
        assertEquals("an error on purpose", thrown.getSuppressed()[0].getMessage());
        assertEquals(List.of("before-last", "before-exception", "before-error", "before-first"), CALLS);
    }

    @Test
    void anErrorAfterTheForkKeepsNoHookFromItsCall() {
        Throwable thrown = assertThrows(LinkageError.class, ForkHooks::runAfterFork);
        assertEquals("an exception on purpose", thrown.getSuppressed()[0].getMessage());
        assertEquals(List.of("after-first", "after-error", "after-exception", "after-last"), CALLS);
    }
}
