package forkd.launcher.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Reads what the generator writes: a line of key=value, then two native 64-bit numbers for each connection. */
final class LoadOutput {
    private static final long LONGEST = 3_600_000_000_000L;
    private static final int DIGITS = 3;
    /** PATIENCE of load.c. */
    private static final long PATIENCE = 5_000_000_000L;

    private LoadOutput() {}

    static LoadResult parse(byte[] output) throws IOException {
        int end = 0;
        while (end < output.length && output[end] != '\n') {
            end++;
        }
        if (end == output.length) {
            throw new IOException("the load generator wrote no result");
        }
        Map<String, String> line = fields(new String(output, 0, end, StandardCharsets.US_ASCII));
        ByteBuffer pairs = ByteBuffer.wrap(Arrays.copyOfRange(output, end + 1, output.length))
                .order(ByteOrder.nativeOrder());
        Histogram first = new Histogram(LONGEST, DIGITS);
        Histogram whole = new Histogram(LONGEST, DIGITS);
        while (pairs.hasRemaining()) {
            first.recordValue(pairs.getLong());
            whole.recordValue(pairs.getLong());
        }
        long failed = number(line, "failed");
        // Left out they would make the rest look fast: they waited at least so long as the generator waits for
        // anything.
        first.recordValueWithCount(PATIENCE, failed);
        whole.recordValueWithCount(PATIENCE, failed);
        return new LoadResult(
                number(line, "ok"),
                failed,
                number(line, "nanos"),
                number(line, "cpu"),
                number(line, "bytes"),
                failed == 0 ? "" : line.get("step") + ", errno " + line.get("errno"),
                first,
                whole);
    }

    /** The fields of a line. The step of a failure may have blanks: a word without = belongs to the field before it. */
    static Map<String, String> fields(String line) {
        Map<String, String> fields = new HashMap<>();
        String last = "";
        for (String word : line.split(" ", -1)) {
            int sign = word.indexOf('=');
            if (sign < 0) {
                fields.merge(last, word, (a, b) -> a + " " + b);
            } else {
                last = word.substring(0, sign);
                fields.put(last, word.substring(sign + 1));
            }
        }
        return fields;
    }

    static long number(Map<String, String> fields, String key) {
        return Long.parseLong(fields.getOrDefault(key, "0"));
    }
}
