package forkd.zygote;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.PlainProcess;
import forkd.posix.PlainSocket;
import forkd.posix.PlainTitle;
import forkd.worker.WorkerContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What a worker of the pool and its launcher say to each other, and how the worker takes a connection: the packets are those of
 * {@link ZygoteProtocol}. Nothing here uses JNR. The main thread only.
 */
final class PooledWorker {
    private final int queue;
    private final PlainSocket socket;
    private final PlainTitle title;

    /** @param queue the number of the socket to the launcher; closed when the last connection is taken */
    PooledWorker(int queue, PlainTitle title) {
        this.queue = queue;
        this.title = title;
        socket = new PlainSocket(queue, ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);
    }

    /** Blocks. False where the launcher is gone, or does not need this worker any more. */
    boolean receive() throws IOException {
        try {
            return socket.receive() > 0 && socket.descriptor(ZygoteProtocol.SOCKET) >= 0;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ECONNRESET) {
                return false; // it went without reading all reports
            }
            throw e;
        }
    }

    /** The number of the connection that was received last. */
    long id() {
        return socket.getLong(ZygoteProtocol.ID);
    }

    /**
     * Makes what was received this process's connection, log, environment and title, and reports it.
     *
     * @param last no other comes after it
     */
    void take(boolean last) throws IOException {
        int log = socket.descriptor(ZygoteProtocol.LOG);
        if (log >= 0) {
            PlainProcess.dup2(log, WorkerContract.LOG);
            PlainProcess.close(log);
        }
        socket.installEnvironment(socket.getInt(ZygoteProtocol.ENVIRONMENT));
        int connection = socket.descriptor(ZygoteProtocol.SOCKET);
        // Not by ProcessTitle: a hidden process cannot open its own memory.
        title.write(socket.getBytes(ZygoteProtocol.TEXT, socket.getInt(ZygoteProtocol.TEXT_LENGTH)));
        PlainProcess.dup2(connection, WorkerContract.CONNECTION_IN);
        PlainProcess.dup2(connection, WorkerContract.CONNECTION_OUT);
        PlainProcess.close(connection);
        report(ZygoteProtocol.STARTED, id(), "");
        if (last) {
            PlainProcess.close(queue);
        }
    }

    /** Has no connection any more: the environment that it was born with, and this title. */
    void leave(byte[] waitingTitle) {
        socket.removeEnvironment();
        title.write(waitingTitle);
    }

    /** Reports the end of a connection after which others come. False where the launcher is gone. */
    boolean done() throws IOException {
        try {
            report(ZygoteProtocol.DONE, id(), "");
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EPIPE || e.errno() == Errno.ECONNRESET) {
                return false;
            }
            throw e;
        }
    }

    /** Sends a report of a type. Blocks while the launcher does not read. */
    void report(byte type, long id, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, ZygoteProtocol.MAX_TEXT_BYTES);
        ByteBuffer message = ByteBuffer.allocate(ZygoteProtocol.TEXT + length).order(ByteOrder.nativeOrder());
        message.put(ZygoteProtocol.TYPE, type);
        message.putInt(ZygoteProtocol.NUMBER, PlainProcess.getpid());
        message.putLong(ZygoteProtocol.ID, id);
        message.putInt(ZygoteProtocol.TEXT_LENGTH, length);
        message.position(ZygoteProtocol.TEXT);
        message.put(bytes, 0, length);
        socket.send(message.array());
    }
}
