package forkd.zygote;

import java.io.IOException;

/**
 * What a spare does before it waits: it plays a life of a worker for itself. What a fork writes to first it has to copy, page by page,
 * and a spare has time for that as long as nobody has connected.
 */
final class SparePractice {
    private final Stage stage;
    private final ForkedWorker player;

    /**
     * @param stage closed, and for nothing else
     * @param player of that stage
     */
    SparePractice(Stage stage, ForkedWorker player) {
        this.stage = stage;
        this.player = player;
    }

    /** Descriptors 0 and 1 are /dev/null afterwards, as they were. */
    void run() throws IOException {
        stage.open();
        stage.play(player, true);
        stage.close();
    }
}
