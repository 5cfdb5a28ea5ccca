package forkd.launcher.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.launcher.config.ConfigEntry.Kind;
import forkd.launcher.config.ConfigEntry.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
    @TempDir
    private Path folder;

    @Test
    void everyKindOfValueHasItsPlace() throws ConfigException {
        Config config =
                parse("a = 1\n\nb = \"x\"\n  c = true\nd = [\"x\",\n  2]\ne = { X = \"1\", Y = 2 }\n[f]\nZ = 3\n");

        assertEquals(
                List.of(
                        new ConfigEntry("a", Kind.NUMBER, List.of(new Value("1", "f:1:1")), "f:1:1"),
                        new ConfigEntry("b", Kind.TEXT, List.of(new Value("x", "f:3:1")), "f:3:1"),
                        new ConfigEntry("c", Kind.BOOLEAN, List.of(new Value("true", "f:4:3")), "f:4:3"),
                        new ConfigEntry(
                                "d", Kind.LIST, List.of(new Value("x", "f:5:6"), new Value("2", "f:6:3")), "f:5:1"),
                        new ConfigEntry(
                                "e",
                                Kind.TABLE,
                                List.of(new Value("X=1", "f:7:7"), new Value("Y=2", "f:7:16")),
                                "f:7:1"),
                        new ConfigEntry("f", Kind.TABLE, List.of(new Value("Z=3", "f:9:1")), "f:8:1")),
                config.common());
        assertEquals(List.of(), config.services());
    }

    @Test
    void servicesStandInTheirOrder() throws ConfigException {
        Config config = parse("x = 1\n[service.web]\na = 1\n[service.\"b.c\"]\n\n[service.a]\nb = 2\n");

        assertEquals(
                List.of("web", "b.c", "a"),
                config.services().stream().map(Config.Section::name).toList());
        assertEquals("f:3:1", config.services().get(0).entries().get(0).place());
        assertEquals(List.of(), config.services().get(1).entries());
        assertEquals(1, config.common().size());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            delimiter = '|',
            value = {
                "~a = ~ | f:1:",
                "~a = 1\na = 2~ | f:2:1: ",
                "~[service]\nx = 1~ | f:2:1: a service is a table: [service.x]",
                "~service = 1~ | f:1:1: services are tables: [service.NAME]",
                "~[service.\"a b\"]~ | f:1:1: 'a b' is no name of a service",
                "~a = 2026-01-01~ | f:1:1: expected a text without NUL, a number, true or false",
                "~a = [1, [2]]~ | f:1:9: expected a text",
                "~a = \"\\u0000\"~ | f:1:1: expected a text without NUL"
            })
    void aProblemIsOneLineWithItsPlace(String toml, String start) {
        ConfigException e = assertThrows(ConfigException.class, () -> parse(toml));

        assertTrue(e.getMessage().startsWith(start), e.getMessage());
        e.problems().forEach(problem -> assertEquals(1, problem.lines().count(), problem));
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        assertEquals("the config file cannot be read: " + folder + "/x: there is no such file", messageOf("x"));
        Files.createDirectory(folder.resolve("d"));
        assertEquals("the config file cannot be read: " + folder + "/d: it is a folder", messageOf("d"));
        Files.write(folder.resolve("b"), new byte[] {'a', (byte) 0xff});
        assertEquals("the config file cannot be read: " + folder + "/b: it is not in UTF-8", messageOf("b"));
        Files.write(folder.resolve("l"), new byte[(1 << 20) + 1]);
        assertEquals("the config file cannot be read: " + folder + "/l: it is larger than 1 MiB", messageOf("l"));
    }

    @Test
    void aTextIsReadAsItIsWritten() throws ConfigException {
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(20); j > 0; j--) {
                text.append((char) (1 + random.nextInt(random.nextBoolean() ? 0x9f : 0xd000)));
            }
            String toml = "a = " + TomlText.array(List.of(text.toString(), "b"));

            assertEquals(
                    List.of(text.toString(), "b"), parse(toml).common().get(0).texts());
        }
    }

    private String messageOf(String name) {
        return assertThrows(ConfigException.class, () -> ConfigFile.read(folder.resolve(name)))
                .getMessage();
    }

    private static Config parse(String toml) throws ConfigException {
        return ConfigFile.parse(Path.of("f"), toml);
    }
}
