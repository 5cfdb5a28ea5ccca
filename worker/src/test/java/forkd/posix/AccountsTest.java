package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Accounts.Account;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Each user and group of this machine, as getent(1) and id(1) have them. */
class AccountsTest {
    @Test
    void usersAreThoseOfTheDatabase() throws Exception {
        for (String line : lines("getent", "passwd")) {
            String[] fields = line.split(":", -1);
            long uid = Long.parseLong(fields[2]);

            assertEquals(OptionalLong.of(uid), Accounts.user(fields[0]), line);
            assertEquals(OptionalLong.of(uid), Accounts.user(fields[2]), line);
            assertEquals(
                    Optional.of(new Account(fields[0], (int) uid, Integer.parseUnsignedInt(fields[3]))),
                    Accounts.account(fields[0]),
                    line);
        }
        assertEquals(OptionalLong.empty(), Accounts.user("no-such-user"));
        assertEquals(Optional.empty(), Accounts.account("no-such-user"));
    }

    @Test
    void groupsAreThoseOfTheDatabase() throws Exception {
        for (String line : lines("getent", "group")) {
            String[] fields = line.split(":", -1);

            assertEquals(OptionalLong.of(Long.parseLong(fields[2])), Accounts.group(fields[0]), line);
        }
        assertEquals(OptionalLong.empty(), Accounts.group("no-such-group"));
    }

    @Test
    void aUserIsInTheSameGroupsAsForTheSystem() throws Exception {
        for (String line : lines("getent", "passwd")) {
            String[] fields = line.split(":", -1);
            Set<String> groups = new TreeSet<>();
            Accounts.groupsOf(fields[0], Integer.parseUnsignedInt(fields[3]))
                    .forEach(group -> groups.add(Integer.toUnsignedString(group)));

            List<String> ids = lines("id", "-G", fields[0]);
            assertEquals(new TreeSet<>(Arrays.asList(ids.get(0).split(" ", -1))), groups, line);
        }
    }

    /** The primary group is whichever the caller names. */
    @Test
    void theGroupThatIsNamedIsAmongThem() {
        assertTrue(Accounts.groupsOf("root", 4711).contains(4711));
    }

    private static List<String> lines(String... command) throws Exception {
        Process process = new ProcessBuilder(command).start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertEquals(0, process.waitFor());
        return lines;
    }
}
