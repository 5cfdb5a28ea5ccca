package forkd.launcher.it.conformance;

import java.io.File;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Files, old and new. */
final class Files {
    private Files() {}

    public static void streamsAndRandomAccess() throws IOException {
        File file = File.createTempFile("conformance", null);
        try (FileWriter out = new FileWriter(file, StandardCharsets.UTF_8)) {
            out.write("some text");
        }
        try (RandomAccessFile random = new RandomAccessFile(file, "rw")) {
            random.seek(5);
            random.writeByte('T');
        }
        try (FileReader in = new FileReader(file, StandardCharsets.UTF_8)) {
            char[] text = new char[9];
            Check.equal(9, in.read(text));
            Check.equal("some Text", new String(text));
        }
        Check.that(file.delete(), "not deleted");
    }

    public static void channelsMapsAndLocks() throws IOException {
        Path file = java.nio.file.Files.createTempFile("conformance", null);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            try (FileLock lock = channel.lock()) {
                Check.that(lock.isValid(), "no lock");
                var map = channel.map(MapMode.READ_WRITE, 0, 4096);
                map.put(100, (byte) 7);
                map.force();
            }
        }
        Check.equal((byte) 7, java.nio.file.Files.readAllBytes(file)[100]);
        java.nio.file.Files.delete(file);
    }

    public static void foldersAndWatches() throws IOException, InterruptedException {
        Path folder = java.nio.file.Files.createTempDirectory("conformance");
        try (WatchService watch = folder.getFileSystem().newWatchService()) {
            folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            Path file = java.nio.file.Files.writeString(folder.resolve("a"), "x");
            Check.that(watch.poll(5, TimeUnit.SECONDS) != null, "nothing seen");
            try (var all = java.nio.file.Files.list(folder)) {
                Check.equal(List.of(file), all.toList());
            }
            java.nio.file.Files.delete(file);
        }
        java.nio.file.Files.delete(folder);
    }
}
