package forkd.launcher.server;

import forkd.posix.Accounts;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * {@link FileAccess} with the numbers that the kernel knows. They are looked up before the socket is bound: a name that does
 * not exist leaves no file behind.
 *
 * @param owner empty to leave it
 * @param group empty to leave it
 * @param mode empty for what the umask leaves of 0777
 */
record FileIds(OptionalLong owner, OptionalLong group, OptionalInt mode) {
    static FileIds of(ListenAddress address, FileAccess access) throws ListenException {
        OptionalLong owner = OptionalLong.empty();
        if (access.owner().isPresent()) {
            owner = known(
                    address,
                    Accounts.user(access.owner().get()),
                    "user",
                    access.owner().get());
        }
        OptionalLong group = OptionalLong.empty();
        if (access.group().isPresent()) {
            group = known(
                    address,
                    Accounts.group(access.group().get()),
                    "group",
                    access.group().get());
        }
        return new FileIds(owner, group, access.mode());
    }

    private static OptionalLong known(ListenAddress address, OptionalLong id, String what, String name)
            throws ListenException {
        if (id.isEmpty()) {
            throw new ListenException(address, "there is no " + what + " '" + name + "'");
        }
        return id;
    }
}
