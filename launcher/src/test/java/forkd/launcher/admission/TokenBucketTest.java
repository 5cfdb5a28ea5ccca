package forkd.launcher.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void theBurstIsThereAtOnceAndNoMore() {
        TokenBucket bucket = new TokenBucket(Rate.parse("10/s,3"), 5);

        bucket.take(5);
        bucket.take(5);
        bucket.take(5);

        assertFalse(bucket.hasToken(5));
        assertThrows(IllegalStateException.class, () -> bucket.take(5));
        assertEquals(SECOND / 10, bucket.nanosToToken(5));
    }

    @Test
    void anEmptyBucketHasATokenWhenItSaysSoAndNotBefore() {
        TokenBucket bucket = new TokenBucket(Rate.parse("3/s,1"), 0);
        bucket.take(0);
        long wait = bucket.nanosToToken(0);

        assertFalse(bucket.hasToken(wait - 1));
        assertTrue(bucket.hasToken(wait));
    }

    @Test
    void aQuietTimeFillsTheBucketAndDoesNotOverfillIt() {
        TokenBucket bucket = new TokenBucket(Rate.parse("10/s,2"), 0);
        bucket.take(0);
        bucket.take(0);

        long later = 1_000_000 * SECOND;
        bucket.take(later);
        bucket.take(later);

        assertFalse(bucket.hasToken(later));
    }

    /** nanoTime begins anywhere and may pass through its overflow. */
    @Test
    void theClocksOverflowIsNothing() {
        long start = Long.MAX_VALUE - SECOND / 20;
        TokenBucket bucket = new TokenBucket(Rate.parse("10/s,1"), start);
        bucket.take(start);

        assertFalse(bucket.hasToken(start + SECOND / 20));
        assertTrue(bucket.hasToken(start + SECOND / 10));
    }

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    /** Whatever the rate and whenever clients come: never more than ceil(elapsed * rate) + burst, and not much less. */
    @ParameterizedTest
    @MethodSource("seeds")
    void theRateIsNeverExceededAndAlwaysUsed(long seed) {
        Random random = new Random(seed);
        int perSecond = 1 + random.nextInt(random.nextBoolean() ? 10 : 5000);
        int burst = 1 + random.nextInt(100);
        long start = random.nextLong();
        TokenBucket bucket = new TokenBucket(Rate.parse(perSecond + "/s," + burst), start);
        long elapsed = 0;
        long taken = 0;
        for (int i = 0; i < 20_000; i++) {
            // Mostly a crowd, at times a pause: always more who want a token than there are tokens.
            elapsed += random.nextInt(100) == 0 ? random.nextInt(100_000_000) : random.nextInt(50_000);
            while (bucket.hasToken(start + elapsed)) {
                bucket.take(start + elapsed);
                taken++;
            }
            long most = (long) Math.ceil(elapsed / (double) SECOND * perSecond) + burst;
            assertTrue(taken <= most, taken + " > " + most);
        }
        assertTrue(taken >= Math.min(burst, perSecond), () -> "the bucket does not recover");
    }

    /** Somebody who waits as long as he is told gets exactly the rate. */
    @Test
    void whoWaitsAsToldGetsTheWholeRate() {
        TokenBucket bucket = new TokenBucket(Rate.parse("7/s,1"), 0);
        long now = 0;
        int taken = 0;
        while (now <= 100 * SECOND) {
            bucket.take(now);
            taken++;
            now += bucket.nanosToToken(now);
        }
        assertEquals(700, taken);
    }
}
