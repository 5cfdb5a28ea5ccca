package forkd.launcher.admission;

/**
 * Why a connection is refused, as the {@code reject} event tells it.
 *
 * @param reason the name of the limit
 * @param limit its value, as it was given
 */
public record Refusal(String reason, String limit) {}
