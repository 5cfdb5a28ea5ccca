package forkd.zygote;

import java.util.AbstractCollection;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * The map in which the class library keeps the environment, with one difference: it is read from the C library when somebody
 * looks into it, and can be made to read again. The library reads once and then keeps what it has read, also in a copy of the
 * process. Any thread.
 */
final class LiveEnvironment extends HashMap<Object, Object> {
    /** Reads the environment of the process. */
    interface Reader {
        Map<Object, Object> read();
    }

    private final transient Reader reader;
    private transient volatile Map<Object, Object> known;

    LiveEnvironment(Reader reader) {
        this.reader = reader;
    }

    /** What has been read is not true any more. */
    void forget() {
        if (known != null) { // or a worker would have one more page to copy
            known = null;
        }
    }

    private Map<Object, Object> map() {
        Map<Object, Object> map = known;
        if (map == null) {
            map = reader.read();
            known = map;
        }
        return map;
    }

    @Override
    public int size() {
        return map().size();
    }

    @Override
    public boolean isEmpty() {
        return map().isEmpty();
    }

    @Override
    public Object get(Object key) {
        return map().get(key);
    }

    @Override
    public boolean containsKey(Object key) {
        return map().containsKey(key);
    }

    @Override
    public boolean containsValue(Object value) {
        return map().containsValue(value);
    }

    @Override
    public Object put(Object key, Object value) {
        return map().put(key, value);
    }

    @Override
    public Object remove(Object key) {
        return map().remove(key);
    }

    @Override
    public void clear() {
        map().clear();
    }

    /** An ordinary map: what a child process is to get may be changed. */
    @Override
    public Object clone() {
        return new HashMap<>(map());
    }

    // Whoever keeps one of these sets, as Collections.unmodifiableMap does, sees what is true when he looks.

    @Override
    public Set<Object> keySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Object> iterator() {
                return map().keySet().iterator();
            }

            @Override
            public int size() {
                return map().size();
            }
        };
    }

    @Override
    public Collection<Object> values() {
        return new AbstractCollection<>() {
            @Override
            public Iterator<Object> iterator() {
                return map().values().iterator();
            }

            @Override
            public int size() {
                return map().size();
            }
        };
    }

    @Override
    public Set<Map.Entry<Object, Object>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<Object, Object>> iterator() {
                return map().entrySet().iterator();
            }

            @Override
            public int size() {
                return map().size();
            }
        };
    }
}
