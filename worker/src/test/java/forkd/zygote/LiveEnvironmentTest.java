package forkd.zygote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LiveEnvironmentTest {
    private Map<Object, Object> real = new HashMap<>(Map.of("A", "1"));
    private int reads;
    private final LiveEnvironment live = new LiveEnvironment(() -> {
        reads++;
        return real;
    });

    @Test
    void itIsReadWhenSomebodyLooksAndThenKept() {
        assertEquals(0, reads);
        assertEquals("1", live.get("A"));
        assertTrue(live.containsKey("A"));
        assertEquals(1, reads);
    }

    @Test
    void whoKeepsASetSeesWhatIsTrueLater() {
        Set<Map.Entry<Object, Object>> entries = live.entrySet();
        Set<Object> keys = live.keySet();
        Collection<Object> values = live.values();
        assertEquals(1, entries.size());

        real = new HashMap<>(Map.of("B", "2", "C", "3"));
        live.forget();

        assertEquals(2, entries.size());
        assertEquals(Set.of("B", "C"), Set.copyOf(keys));
        assertEquals(Set.of("2", "3"), Set.copyOf(values));
        assertNull(live.get("A"));
        assertEquals(Map.of("B", "2", "C", "3"), live);
    }

    @Test
    void aCloneIsAnOrdinaryMapThatMayBeChanged() {
        @SuppressWarnings("unchecked")
        Map<Object, Object> clone = (Map<Object, Object>) live.clone();
        clone.put("B", "2");

        assertFalse(clone instanceof LiveEnvironment);
        assertNull(live.get("B"));
        assertEquals(Map.of("A", "1", "B", "2"), clone);
    }
}
