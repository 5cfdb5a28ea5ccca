package forkd.launcher.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * A program that knows nothing of forkd: it answers its standard input line by line, and does what a line asks for: {@code exit N},
 * {@code throw}, {@code return}, {@code thread}.
 */
public final class Program {
    private static int lines;

    private Program() {}

    /** What it prints without a line's end has to arrive, too. */
    public static void main(String[] args) throws IOException {
        System.out.println("arguments: " + args.length);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            lines++;
            if (line.startsWith("exit ")) {
                System.out.print("bye after " + lines);
                System.exit(Integer.parseInt(line.substring("exit ".length())));
            }
            switch (line) {
                case "throw" -> throw new IllegalStateException("the program's on purpose");
                case "thread" -> new Thread(() -> System.out.print("the thread says so")).start();
                case "return" -> {
                    System.out.print("returned after " + lines);
                    return;
                }
                default -> System.out.println(lines + " " + line);
            }
        }
    }
}
