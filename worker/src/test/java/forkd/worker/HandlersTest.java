package forkd.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.worker.handler.ChargenHandler;
import forkd.worker.handler.DaytimeHandler;
import forkd.worker.handler.DiscardHandler;
import forkd.worker.handler.EchoHandler;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandlersTest {
    private static final ClassLoader LOADER = HandlersTest.class.getClassLoader();

    static Stream<Arguments> builtIn() {
        return Stream.of(
                Arguments.of("echo", EchoHandler.class),
                Arguments.of("discard", DiscardHandler.class),
                Arguments.of("daytime", DaytimeHandler.class),
                Arguments.of("chargen", ChargenHandler.class));
    }

    @ParameterizedTest
    @MethodSource("builtIn")
    void aBuiltInHandlerIsFoundByItsShortName(String name, Class<?> type) throws HandlerException {
        assertSame(type, Handlers.find(name, LOADER));
    }

    @Test
    void theListOfBuiltInHandlersNamesThemAll() throws HandlerException {
        String[] names = Handlers.BUILT_IN.split(", ", -1);

        for (String name : names) {
            assertInstanceOf(ConnectionHandler.class, Handlers.create(name, LOADER));
        }
        assertEquals(builtIn().count(), names.length);
    }

    @Test
    void aUsersClassIsFoundByItsName() throws HandlerException {
        assertSame(UserHandler.class, Handlers.find(UserHandler.class.getName(), LOADER));
    }

    @Test
    void aUsersClassIsCreated() throws HandlerException {
        assertInstanceOf(UserHandler.class, Handlers.create(UserHandler.class.getName(), LOADER));
    }

    @Test
    void findingDoesNotRunTheUsersCode() throws HandlerException {
        System.clearProperty(Traced.PROPERTY);

        Handlers.find(Traced.class.getName(), LOADER);

        assertFalse(Boolean.getBoolean(Traced.PROPERTY), "the class was initialised");
    }

    @Test
    void anUnknownNameSaysWhatThereIs() {
        assertEquals(
                "unknown handler ecko: neither one of echo, discard, daytime, chargen nor a class on the class path"
                        + " (name the class in full and its jar or folder with --classpath)",
                notFound("ecko"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "Echo", "no.such.Handler", "forkd/worker/Handlers", "forkd.worker"})
    void aNameWithoutAClassIsUnknown(String name) {
        String message = notFound(name);

        assertTrue(message.startsWith("unknown handler " + name + ":"), message);
    }

    @Test
    void aClassHasToImplementTheInterface() {
        assertEquals(
                "handler java.lang.String does not implement forkd.worker.ConnectionHandler",
                notFound("java.lang.String"));
    }

    @Test
    void anAbstractClassIsRefused() {
        assertEquals(named(Abstract.class, "is abstract"), notFound(Abstract.class.getName()));
    }

    @Test
    void anInterfaceIsRefused() {
        notFound(ConnectionHandler.class.getName());
    }

    @Test
    void aClassWithoutAParameterlessConstructorIsRefused() {
        assertEquals(
                named(NeedsArgument.class, "has no public constructor without parameters"),
                notFound(NeedsArgument.class.getName()));
    }

    @Test
    void aClassWithAPrivateConstructorIsRefused() {
        assertEquals(
                named(PrivateConstructor.class, "has no public constructor without parameters"),
                notFound(PrivateConstructor.class.getName()));
    }

    @Test
    void aClassThatIsNotPublicIsRefused() {
        assertEquals(named(NotPublic.class, "is not public"), notFound(NotPublic.class.getName()));
    }

    @Test
    void aConstructorThatThrowsIsToldWithItsCause() {
        String name = Throwing.class.getName();

        HandlerException e = assertThrows(HandlerException.class, () -> Handlers.create(name, LOADER));

        assertEquals(
                "handler " + name + ": its constructor failed: java.lang.IllegalStateException: no database",
                e.getMessage());
        assertInstanceOf(IllegalStateException.class, e.getCause());
    }

    @Test
    void aClassThatCannotBeInitialisedIsTold() {
        String name = BadInitialiser.class.getName();

        HandlerException e = assertThrows(HandlerException.class, () -> Handlers.create(name, LOADER));

        assertTrue(e.getMessage().startsWith("handler " + name + " cannot be created: "), e.getMessage());
    }

    private static String notFound(String name) {
        return assertThrows(HandlerException.class, () -> Handlers.find(name, LOADER))
                .getMessage();
    }

    private static String named(Class<?> type, String what) {
        return "handler " + type.getName() + " " + what;
    }

    /** A handler as users write it. */
    public static final class UserHandler implements ConnectionHandler {
        @Override
        public void handle(Connection connection) {}
    }

    /** Says when it is initialised. */
    public static final class Traced implements ConnectionHandler {
        static final String PROPERTY = "forkd.test.traced";

        static {
            System.setProperty("forkd.test.traced", "true");
        }

        @Override
        public void handle(Connection connection) {}
    }

    /** Cannot be instantiated, though its constructor is public. */
    public abstract static class Abstract implements ConnectionHandler {
        public Abstract() {}
    }

    /** Has one constructor, with a parameter. */
    public static final class NeedsArgument implements ConnectionHandler {
        private final String argument;

        public NeedsArgument(String argument) {
            this.argument = argument;
        }

        @Override
        public void handle(Connection connection) {
            throw new IllegalStateException(argument);
        }
    }

    /** Has one constructor, a private one. */
    public static final class PrivateConstructor implements ConnectionHandler {
        private PrivateConstructor() {}

        @Override
        public void handle(Connection connection) {}
    }

    /** A class of its package, with a public constructor. */
    static final class NotPublic implements ConnectionHandler {
        public NotPublic() {}

        @Override
        public void handle(Connection connection) {}
    }

    /** Fails when it is made. */
    public static final class Throwing implements ConnectionHandler {
        public Throwing() {
            throw new IllegalStateException("no database");
        }

        @Override
        public void handle(Connection connection) {}
    }

    /** Fails when its class is initialised. */
    public static final class BadInitialiser implements ConnectionHandler {
        private static final int PORT = Integer.parseInt("no number");

        @Override
        public void handle(Connection connection) {
            throw new IllegalStateException("port " + PORT);
        }
    }
}
