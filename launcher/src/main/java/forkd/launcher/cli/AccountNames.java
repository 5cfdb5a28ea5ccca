package forkd.launcher.cli;

import forkd.posix.Accounts;
import forkd.posix.Credentials;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Users and groups as the command line names them. */
final class AccountNames {
    private AccountNames() {}

    /**
     * Who workers are to be.
     *
     * @param user null for whoever the launcher is
     * @param group null for the user's
     * @throws IllegalArgumentException with one line for the user
     */
    static Optional<Credentials> credentials(String user, String group) {
        OptionalInt gid = group == null ? OptionalInt.empty() : OptionalInt.of(gid(group));
        if (user == null) {
            return group == null
                    ? Optional.empty()
                    : Optional.of(new Credentials(OptionalInt.empty(), gid.getAsInt(), List.of(gid.getAsInt())));
        }
        OptionalLong uid = Accounts.user(user);
        if (uid.isEmpty()) {
            throw new IllegalArgumentException("--user: there is no user " + user);
        }
        if (uid.getAsLong() == 0) {
            throw new IllegalArgumentException("--user: " + user + " is root; leave the option out for that");
        }
        Optional<Accounts.Account> account = Accounts.account(user);
        if (account.isEmpty() && gid.isEmpty()) {
            throw new IllegalArgumentException("--user: " + user + " has no name here, and so no group; add --group");
        }
        int primary = gid.isPresent() ? gid.getAsInt() : account.get().gid();
        List<Integer> groups =
                account.map(known -> Accounts.groupsOf(known.name(), primary)).orElse(List.of(primary));
        return Optional.of(new Credentials(OptionalInt.of((int) uid.getAsLong()), primary, groups));
    }

    private static int gid(String group) {
        return (int) Accounts.group(group)
                .orElseThrow(() -> new IllegalArgumentException("--group: there is no group " + group));
    }
}
