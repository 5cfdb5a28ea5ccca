package forkd.launcher.server;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An event log with what was written to it, write by write. */
final class RecordedLog {
    private final List<String> writes = new ArrayList<>();
    private final EventLog log = new EventLog(new OutputStream() {
        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            ByteArrayOutputStream one = new ByteArrayOutputStream();
            one.write(bytes, offset, length);
            synchronized (writes) {
                writes.add(one.toString(StandardCharsets.UTF_8));
            }
        }
    });

    EventLog log() {
        return log;
    }

    /** What each write(2) had. */
    List<String> writes() {
        synchronized (writes) {
            return List.copyOf(writes);
        }
    }

    String text() {
        return String.join("", writes());
    }
}
