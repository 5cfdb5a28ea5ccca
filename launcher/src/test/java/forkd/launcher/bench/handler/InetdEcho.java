package forkd.launcher.bench.handler;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;

/** Echo on descriptors 0 and 1, with as little of the JDK as it can be done with: for a JVM that lives for one connection. */
public final class InetdEcho {
    private static final int BUFFER_BYTES = 64 * 1024;

    private InetdEcho() {}

    /** Echoes until the end of input. */
    public static void main(String[] args) throws IOException {
        try (FileInputStream in = new FileInputStream(FileDescriptor.in);
                FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
        }
    }
}
