package forkd.worker;

import forkd.worker.handler.ChargenHandler;
import forkd.worker.handler.DaytimeHandler;
import forkd.worker.handler.DiscardHandler;
import forkd.worker.handler.EchoHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;

/** Finds handlers: the built-in ones by their short names, all others by their class names. */
public final class Handlers {
    /** Before the name of a class whose {@code main} is to be run. */
    public static final String MAIN_PREFIX = "main:";

    /** The short names, as help and error messages list them. */
    public static final String BUILT_IN = "echo, discard, daytime, chargen";

    private Handlers() {}

    public static boolean isBuiltIn(String name) {
        return List.of(BUILT_IN.split(", ", -1)).contains(name);
    }

    /**
     * The class of a handler; it is not initialised, so no code of it runs.
     *
     * @param name a built-in handler's short name, or a class name
     * @param loader knows the user's class path
     * @throws HandlerException where there is no such class, or it cannot be a handler
     */
    public static Class<? extends ConnectionHandler> find(String name, ClassLoader loader) throws HandlerException {
        return switch (name) {
            case "echo" -> EchoHandler.class;
            case "discard" -> DiscardHandler.class;
            case "daytime" -> DaytimeHandler.class;
            case "chargen" -> ChargenHandler.class;
            default -> name.startsWith(MAIN_PREFIX) ? mainHandler(name, loader) : userClass(name, loader);
        };
    }

    /** A new instance of the handler of that name. */
    public static ConnectionHandler create(String name, ClassLoader loader) throws HandlerException {
        Class<? extends ConnectionHandler> type = find(name, loader);
        if (type == MainHandler.class) {
            return new MainHandler(MainHandler.find(name.substring(MAIN_PREFIX.length()), loader));
        }
        try {
            return type.getConstructor().newInstance();
        } catch (InvocationTargetException e) {
            throw new HandlerException("handler " + name + ": its constructor failed: " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new HandlerException("handler " + name + " cannot be created: " + e, e);
        }
    }

    private static Class<? extends ConnectionHandler> mainHandler(String name, ClassLoader loader)
            throws HandlerException {
        MainHandler.find(name.substring(MAIN_PREFIX.length()), loader);
        return MainHandler.class;
    }

    private static Class<? extends ConnectionHandler> userClass(String name, ClassLoader loader)
            throws HandlerException {
        Class<?> type;
        try {
            type = Class.forName(name, false, loader);
        } catch (ClassNotFoundException e) {
            throw new HandlerException(
                    "unknown handler " + name + ": neither one of " + BUILT_IN + " nor a class on the class path"
                            + " (name the class in full and its jar or folder with --classpath)",
                    e);
        } catch (LinkageError e) {
            throw new HandlerException("handler " + name + " cannot be loaded: " + e, e);
        }
        if (!ConnectionHandler.class.isAssignableFrom(type)) {
            throw new HandlerException("handler " + name + " does not implement " + ConnectionHandler.class.getName());
        }
        checkConstructible(name, type);
        return type.asSubclass(ConnectionHandler.class);
    }

    private static void checkConstructible(String name, Class<?> type) throws HandlerException {
        if (Modifier.isAbstract(type.getModifiers())) {
            throw new HandlerException("handler " + name + " is abstract");
        }
        if (!Modifier.isPublic(type.getModifiers())) {
            throw new HandlerException("handler " + name + " is not public");
        }
        try {
            if (Arrays.stream(type.getConstructors()).noneMatch(constructor -> constructor.getParameterCount() == 0)) {
                throw new HandlerException("handler " + name + " has no public constructor without parameters");
            }
        } catch (LinkageError e) {
            throw new HandlerException("handler " + name + " cannot be loaded: " + e, e);
        }
    }
}
