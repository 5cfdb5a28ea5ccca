package forkd.zygote;

import forkd.posix.ErrnoException;
import forkd.posix.Posix;
import forkd.posix.RawFork;
import forkd.posix.Resource;
import forkd.posix.ResourceLimit;
import forkd.posix.ThreadImage;
import forkd.worker.ConnectionHandler;
import forkd.worker.ForkHooks;
import forkd.worker.HandlerException;
import forkd.worker.WorkerContract;
import forkd.worker.handler.DaytimeHandler;
import forkd.worker.handler.DiscardHandler;
import forkd.worker.handler.EchoHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Plays the life of a worker from the request to the end, many times, in the zygote and before the split: what a child touches
 * first it would have to load, resolve, link or compile itself, and so would every other child. The user's handler and hooks
 * have no part in it: they were warmed as the user wants it.
 *
 * <p>A spare plays it once more, for itself ({@link SparePractice}). That is rehearsed as well: a played spare practises, too, on a
 * stage within the stage. Code that no compiler has seen would cost each spare more than all the rest: the interpreter writes to
 * twenty pages of the stack ahead, and counts calls in pages that have to be copied.
 */
final class Rehearsal {
    /**
     * C1 compiles a method after 100 calls, since the launcher halves its thresholds. The interpreter tells it of each 64th, and after more where
     * C1's queue is long. So these are played, C1 empties its queue, and half as many are played: a method that was not queued at its 128th call
     * is at its 192nd. Half of the rounds are a spare's.
     */
    private static final int ROUNDS = 2 * 130;

    private static final Duration COMPILING = Duration.ofSeconds(1);
    /** Only a call between compiled methods is resolved for good. */
    private static final int COMPILED_ROUNDS = 20;

    /** Every stem, in both ways. */
    private static final int SETTLING = 6;

    private static final int IMAGES = 10;
    private static final int FAR_ABOVE = 200;
    /** Where a process may not have so many (--rlimit nofile): the last ones. */
    private static final int LAST = 8;

    /** A JVM has a dozen open itself, and each stage opens as many. */
    private static final int FEWEST = 44;

    /** What else has to run between the last collection and the split. */
    interface Last {
        void run() throws Exception;
    }

    private final Environment environment;
    private final RawFork fork;
    private final Stage stage;
    /** Three of them: the compilers must not take the call of a handler for the call of one certain handler. */
    private final List<ForkedWorker> players = new ArrayList<>();

    /** @param worker whose part is played, and whose spares practise from now on */
    Rehearsal(ForkedWorker worker, Environment environment, RawFork fork) throws ErrnoException, HandlerException {
        this.environment = environment;
        this.fork = fork;
        boolean hooks = ForkHooks.isEmpty();
        int least = farAbove();
        stage = new Stage(fork, least);
        Stage inner = new Stage(fork, least);
        inner.close();
        SparePractice practice = new SparePractice(inner, worker.as(inner.part(new EchoHandler(), hooks)));
        for (ConnectionHandler handler : List.of(new EchoHandler(), new DiscardHandler(), new DaytimeHandler())) {
            ForkedWorker player = worker.as(stage.part(handler, hooks));
            player.practise(practice);
            players.add(player);
        }
        worker.practise(practice);
    }

    /**
     * Once. Descriptors 0 and 1 are /dev/null afterwards, as they were; the title has to be written again.
     *
     * @param afterCollection runs the user's handler, where it was warmed
     * @return what of the young generation is free
     */
    FreeRoom run(Last afterCollection) throws Exception {
        for (int i = 0; i < IMAGES; i++) {
            ThreadImage.rehearse();
            new ThreadImage("rehearsal", new byte[ThreadImage.REGISTERS_BYTES], fork);
        }
        play(ROUNDS);
        Compilers.awaitRest(COMPILING);
        play(ROUNDS / 2);
        Compilers.awaitRest(COMPILING);
        play(COMPILED_ROUNDS);
        RawFork.trimMemory();
        YoungGeneration young = YoungGeneration.collected();
        // Since JDK 20 that arms a barrier at the entry of all compiled code, and the first call takes it away, by a
        // write into the code's page. Better here than in every worker.
        afterCollection.run();
        play(SETTLING);
        stage.close();
        FreeRoom room = young.empty();
        environment.pretend(List.of());
        environment.forget();
        return room;
    }

    private void play(int rounds) throws IOException {
        for (int i = 0; i < rounds; i++) {
            boolean spare = i % 2 == 0;
            stage.play(players.get(i % players.size()), spare);
            System.getenv(WorkerContract.PROTO);
            MainThreadBytes.ofForks().practise(); // a client's bytes are not as many as these
        }
    }

    private static int farAbove() throws ErrnoException, HandlerException {
        long limit = Posix.getrlimit(Resource.NOFILE).soft();
        if (limit == ResourceLimit.INFINITY) {
            return FAR_ABOVE;
        }
        if (limit < FEWEST) {
            throw new HandlerException("--rlimit nofile=" + limit + ": the fork model needs " + FEWEST);
        }
        return (int) Math.min(FAR_ABOVE, limit - LAST);
    }
}
