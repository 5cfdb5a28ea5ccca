/**
 * The command line: one class a command, built on picocli. Commands parse, check and print; the work is done in the other
 * packages. A user's mistake is one line on standard error and an {@link forkd.launcher.cli.ExitCode}.
 */
package forkd.launcher.cli;
