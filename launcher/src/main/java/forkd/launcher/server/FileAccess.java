package forkd.launcher.server;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Who may connect to a Unix socket: the permissions of its file. What is empty is as bind(2) makes it.
 *
 * @param owner a user's name or number
 * @param group a group's name or number
 * @param mode the permission bits
 */
public record FileAccess(Optional<String> owner, Optional<String> group, OptionalInt mode) {
    static final FileAccess DEFAULT = new FileAccess(Optional.empty(), Optional.empty(), OptionalInt.empty());
}
