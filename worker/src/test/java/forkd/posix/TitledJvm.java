package forkd.posix;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLDecoder;

/**
 * A process that gives itself a name and a title, the title repeated as often as asked, and waits until its input ends.
 * The title is encoded, since the locale decides what a JVM makes of other scripts in its arguments.
 */
final class TitledJvm {
    private TitledJvm() {}

    public static void main(String[] args) throws IOException {
        String title = URLDecoder.decode(args[1], UTF_8);
        ProcessTitle.set(args[0], title.repeat(Integer.parseInt(args[2])));
        System.out.println("titled");
        System.in.transferTo(System.out);
    }
}
