package forkd.launcher.config;

import forkd.launcher.config.ConfigEntry.Kind;
import forkd.launcher.config.ConfigEntry.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reads a config file in TOML. */
public final class ConfigFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final String SERVICE = "service";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,31}");

    private final Path path;
    private final List<String> problems = new ArrayList<>();

    private ConfigFile(Path path) {
        this.path = path;
    }

    /**
     * Reads all of it. Blocks on the disk, or for as long as a pipe does.
     *
     * @throws ConfigException with every problem, each with its place
     */
    public static Config read(Path path) throws ConfigException {
        return parse(path, content(path));
    }

    static Config parse(Path path, String content) throws ConfigException {
        ConfigFile file = new ConfigFile(path);
        TomlParseResult toml = Toml.parse(content);
        for (TomlParseError error : toml.errors()) {
            file.problem(error.position(), error.getMessage());
        }
        file.check();
        Config config = file.config(toml);
        file.check();
        return config;
    }

    private void check() throws ConfigException {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    private Config config(TomlTable toml) {
        List<ConfigEntry> common = entries(toml, true);
        List<Config.Section> services = new ArrayList<>();
        Object tables = toml.get(List.of(SERVICE));
        if (tables instanceof TomlTable table) {
            for (String name : table.keySet()) {
                TomlPosition position = table.inputPositionOf(List.of(name));
                if (!NAME.matcher(name).matches()) {
                    problem(
                            position,
                            "'" + name + "' is no name of a service: it has at most 32 letters, digits, _, . and -");
                } else if (table.get(List.of(name)) instanceof TomlTable one) {
                    services.add(new Config.Section(name, entries(one, false), place(position)));
                } else {
                    problem(position, "a service is a table: [service." + name + "]");
                }
            }
        } else if (tables != null) {
            problem(toml.inputPositionOf(List.of(SERVICE)), "services are tables: [service.NAME]");
        }
        return new Config(common, services);
    }

    private List<ConfigEntry> entries(TomlTable table, boolean isTop) {
        List<ConfigEntry> entries = new ArrayList<>();
        for (String key : table.keySet()) {
            if (!isTop || !key.equals(SERVICE)) {
                TomlPosition position = table.inputPositionOf(List.of(key));
                entry(key, table.get(List.of(key)), position).ifPresent(entries::add);
            }
        }
        return entries;
    }

    private Optional<ConfigEntry> entry(String key, Object value, TomlPosition position) {
        List<Value> values = new ArrayList<>();
        Kind kind;
        if (value instanceof TomlArray array) {
            kind = Kind.LIST;
            for (int i = 0; i < array.size(); i++) {
                scalar("", array.get(i), array.inputPositionOf(i)).ifPresent(values::add);
            }
        } else if (value instanceof TomlTable table) {
            kind = Kind.TABLE;
            for (String name : table.keySet()) {
                scalar(name + "=", table.get(List.of(name)), table.inputPositionOf(List.of(name)))
                        .ifPresent(values::add);
            }
        } else {
            kind = value instanceof Boolean ? Kind.BOOLEAN : value instanceof Number ? Kind.NUMBER : Kind.TEXT;
            scalar("", value, position).ifPresent(values::add);
        }
        return Optional.of(new ConfigEntry(key, kind, values, place(position)));
    }

    private Optional<Value> scalar(String prefix, Object value, TomlPosition position) {
        if (value instanceof String || value instanceof Long || value instanceof Boolean || value instanceof Double) {
            String text = prefix + value;
            if (text.indexOf('\0') < 0) {
                return Optional.of(new Value(text, place(position)));
            }
        }
        problem(position, "expected a text without NUL, a number, true or false");
        return Optional.empty();
    }

    private void problem(TomlPosition position, String message) {
        problems.add(place(position) + ": " + message.replaceAll("\\p{Cntrl}+", " "));
    }

    private String place(TomlPosition position) {
        return position == null ? path + ":1:1" : path + ":" + position.line() + ":" + position.column();
    }

    private static String content(Path path) throws ConfigException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw unreadable(path, "it is larger than " + (MAX_BYTES >> 20) + " MiB");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (ConfigException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw unreadable(path, "there is no such file");
        } catch (AccessDeniedException e) {
            throw unreadable(path, "permission denied");
        } catch (CharacterCodingException e) {
            throw unreadable(path, "it is not in UTF-8");
        } catch (IOException e) {
            throw unreadable(path, Files.isDirectory(path) ? "it is a folder" : e.toString());
        }
    }

    private static ConfigException unreadable(Path path, String why) {
        return new ConfigException(List.of("the config file cannot be read: " + path + ": " + why));
    }
}
