package forkd.launcher.it.conformance;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.text.NumberFormat;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;

/** Classes, reflection and call sites that are first used in the worker. */
final class Loading {
    /** The made jar has so many classes: {@code made.C0}, whose method {@code number} returns 0, and so on. */
    static final int CLASSES_IN_JAR = 60;

    private Loading() {}

    public static void classesOfAJar() throws ReflectiveOperationException {
        for (int i = 0; i < CLASSES_IN_JAR; i++) {
            Class<?> type = Class.forName("made.C" + i);
            Check.equal(i, type.getMethod("number").invoke(null));
        }
    }

    public static void resourcesOfAJar() throws Exception {
        try (var in = ClassLoader.getSystemResourceAsStream("made/text")) {
            Check.that(in != null, "made/text is not found");
            Check.equal("made at test time", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    public static void classesOfTheJdk() throws ReflectiveOperationException {
        for (String name : List.of(
                "java.util.concurrent.ConcurrentSkipListMap",
                "java.util.concurrent.Phaser",
                "java.text.ChoiceFormat",
                "java.util.zip.Deflater",
                "javax.xml.parsers.DocumentBuilderFactory",
                "java.sql.Timestamp",
                "java.net.http.HttpClient")) {
            Check.equal(name, Class.forName(name).getName());
        }
        Check.equal(1, new ConcurrentSkipListMap<>(java.util.Map.of(1, 2)).size());
    }

    public static void lambdasFirstUsedInTheWorker() {
        List<String> found = new ArrayList<>(List.of(3, 1, 2))
                .stream().map(x -> x * 2).sorted().map(x -> "n" + x).collect(Collectors.toList());
        Check.equal(List.of("n2", "n4", "n6"), found);
        Function<Integer, Function<Integer, Integer>> add = a -> b -> a + b;
        Check.equal(5, add.apply(2).apply(3));
    }

    /** Enough calls for the VM to replace the native accessor by a generated one. */
    public static void reflection() throws ReflectiveOperationException {
        var method = String.class.getMethod("substring", int.class, int.class);
        var constructor = StringBuilder.class.getConstructor(String.class);
        for (int i = 0; i < 100; i++) {
            Check.equal("b", method.invoke("abc", 1, 2));
            Check.equal("x", constructor.newInstance("x").toString());
        }
    }

    public static void methodHandles() throws Throwable {
        MethodHandle concat = MethodHandles.lookup()
                .findVirtual(String.class, "concat", MethodType.methodType(String.class, String.class));
        Check.equal("ab", (String) MethodHandles.insertArguments(concat, 1, "b").invokeExact("a"));
    }

    public static void proxies() {
        Function<?, ?> proxy = (Function<?, ?>) Proxy.newProxyInstance(
                Loading.class.getClassLoader(),
                new Class<?>[] {Function.class},
                (self, method, arguments) -> method.getName() + arguments.length);
        Check.equal("apply1", proxy.apply(null));
    }

    public static void serviceLoaders() {
        long tools = ServiceLoader.load(ToolProvider.class).stream().count();
        Check.that(tools > 0, "no tool of the JDK is found");
    }

    public static void formatsOfALocale() {
        Check.equal("1.234,5", NumberFormat.getInstance(Locale.GERMANY).format(1234.5));
        String date = DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG)
                .localizedBy(Locale.FRANCE)
                .format(ZonedDateTime.parse("2026-03-01T00:00:00Z"));
        Check.equal("1 mars 2026", date);
    }
}
