package forkd.worker.handler;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Does once what handlers commonly do, so that the start-up archive has the classes for it: talks in lines, asks for the
 * addresses, uses the channel, collections, lambdas and text. To the client it is an echo.
 */
public final class RehearsalHandler implements ConnectionHandler {
    @Override
    public void handle(Connection connection) throws IOException {
        new DiscardHandler();
        new ChargenHandler();
        new EchoHandler();
        List<String> addresses =
                List.of(connection.remote().toString(), connection.local().toString());
        System.setProperty("forkd.rehearsal", addresses.stream().sorted().collect(Collectors.joining(", ")));
        BufferedReader in = new BufferedReader(new InputStreamReader(connection.input(), StandardCharsets.UTF_8));
        Writer out = new BufferedWriter(new OutputStreamWriter(connection.output(), StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.write(String.format("%s%n", line));
        }
        out.flush();
        connection.channel().shutdownOutput();
    }
}
