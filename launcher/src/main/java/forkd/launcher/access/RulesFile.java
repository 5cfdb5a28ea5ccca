package forkd.launcher.access;

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
import java.util.function.Predicate;

/** A file of rules, one a line; {@code native-notes/access-rules.md} has its form. */
public final class RulesFile {
    /** Some hundred thousand rules. A file without an end must not fill the launcher's memory. */
    private static final int MAX_BYTES = 8 << 20;

    private final Path path;
    private final Predicate<String> reserved;
    private final List<String> problems = new ArrayList<>();

    /**
     * A file, which is not read yet.
     *
     * @param path as the user named it
     * @param reserved the names of variables that rules cannot set
     */
    public RulesFile(Path path, Predicate<String> reserved) {
        this.path = path;
        this.reserved = reserved;
    }

    /**
     * Reads all of it. Blocks on the disk.
     *
     * @throws RulesException with every problem of the file; also where it cannot be read
     */
    public Rules read() throws RulesException {
        return parse(content());
    }

    Rules parse(byte[] content) throws RulesException {
        problems.clear();
        List<Rule> rules = new ArrayList<>();
        int number = 0;
        int begin = 0;
        while (begin < content.length) {
            int end = begin;
            while (end < content.length && content[end] != '\n') {
                end++;
            }
            number++;
            line(number, content, begin, end).ifPresent(rules::add);
            begin = end + 1;
        }
        if (problems.isEmpty() && rules.stream().noneMatch(Rule::allow)) {
            problem(
                    Math.max(1, number),
                    1,
                    "no rule allows anybody, and who fits no rule is denied; end the file with 'allow *' to let the others in");
        }
        if (!problems.isEmpty()) {
            throw new RulesException(problems);
        }
        return new Rules(rules);
    }

    private Optional<Rule> line(int number, byte[] content, int begin, int end) {
        // Lines of DOS end with CR LF.
        int length = (end > begin && content[end - 1] == '\r' ? end - 1 : end) - begin;
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content, begin, length))
                    .toString();
        } catch (CharacterCodingException e) {
            problem(number, 1, "the line is not in UTF-8");
            return Optional.empty();
        }
        try {
            return RuleParser.parse(number, text, reserved);
        } catch (RuleSyntaxException e) {
            problem(number, e.column(), e.getMessage());
            return Optional.empty();
        }
    }

    private void problem(int line, int column, String message) {
        problems.add(path + ":" + line + ":" + column + ": " + message);
    }

    private byte[] content() throws RulesException {
        try {
            // A pipe or a terminal would block, and could not be read a second time.
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw unreadable("it is not a regular file");
            }
            try (InputStream in = Files.newInputStream(path)) {
                byte[] content = in.readNBytes(MAX_BYTES + 1);
                if (content.length > MAX_BYTES) {
                    throw unreadable("it is larger than " + (MAX_BYTES >> 20) + " MiB");
                }
                return content;
            }
        } catch (RulesException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw unreadable("there is no such file");
        } catch (AccessDeniedException e) {
            throw unreadable("permission denied");
        } catch (IOException e) {
            throw unreadable(e.toString());
        }
    }

    private RulesException unreadable(String why) {
        return new RulesException(List.of("the rules cannot be read: " + path + ": " + why));
    }

    public Path path() {
        return path;
    }
}
