package forkd.launcher.cli;

import forkd.launcher.admission.Limit;
import java.util.Optional;

/** What {@code --max-per-source} says: a limit, or {@code none}. */
record Share(Optional<Limit> limit) {}
