package forkd.launcher.it.conformance;

import java.util.Objects;

/** Assertions without a test framework: workers do not have one. */
final class Check {
    private Check() {}

    static void that(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }

    static void equal(Object expected, Object actual) {
        that(Objects.equals(expected, actual), "expected " + expected + " but was " + actual);
    }
}
