package forkd.launcher.admission;

import forkd.launcher.access.Cidr;
import java.util.List;
import java.util.Optional;

/**
 * All limits of a server.
 *
 * @param connections how many connections may have a worker at once
 * @param perSource how many of them may come from one source; empty for all
 * @param usualShare whether that is the usual half of {@code connections}, and so changes with them
 * @param prefix what one source is
 * @param rate how many may get a worker in a time
 * @param starting how many may be accepted and not yet handled
 * @param admins where administrators come from, for whom only {@code connections} counts
 * @param adminSlots how many of the connections are kept for them
 * @param penalties what a source pays for how its connections end
 * @param maxWaiting how many connections may wait accepted
 */
public record AdmissionLimits(
        Limit connections,
        Optional<Limit> perSource,
        boolean usualShare,
        SourcePrefix prefix,
        Optional<Rate> rate,
        Optional<StartingLimit> starting,
        List<Cidr> admins,
        int adminSlots,
        PenaltyRules penalties,
        int maxWaiting) {

    public static final int USUAL_WAITING = 1024;

    /** Limits whose {@code perSource} somebody wants to be just so. */
    public AdmissionLimits(
            Limit connections,
            Optional<Limit> perSource,
            SourcePrefix prefix,
            Optional<Rate> rate,
            Optional<StartingLimit> starting,
            List<Cidr> admins,
            int adminSlots,
            PenaltyRules penalties,
            int maxWaiting) {
        this(connections, perSource, false, prefix, rate, starting, admins, adminSlots, penalties, maxWaiting);
    }

    /** So many connections, from wherever they come; the others wait. */
    public static AdmissionLimits of(int connections) {
        return new AdmissionLimits(
                new Limit(connections, Overflow.QUEUE),
                Optional.empty(),
                SourcePrefix.USUAL,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                0,
                PenaltyRules.NONE,
                USUAL_WAITING);
    }

    /** The same for fewer connections; one of them at least is not kept for administrators. */
    public AdmissionLimits withConnections(int number) {
        AdmissionLimits fewer = new AdmissionLimits(
                new Limit(number, connections.overflow()),
                perSource,
                prefix,
                rate,
                starting,
                admins,
                Math.min(adminSlots, number - 1),
                penalties,
                maxWaiting);
        return usualShare ? fewer.withUsualShare() : fewer;
    }

    /** The same where one source can never take all that administrators leave: half of it, and the rest is closed. */
    public AdmissionLimits withUsualShare() {
        Limit share = new Limit(halfOf(connections.number() - adminSlots), Overflow.CLOSE);
        return new AdmissionLimits(
                connections,
                Optional.of(share),
                true,
                prefix,
                rate,
                starting,
                admins,
                adminSlots,
                penalties,
                maxWaiting);
    }

    /** The same where only so many may wait accepted. */
    public AdmissionLimits withWaiting(int number) {
        return new AdmissionLimits(
                connections, perSource, usualShare, prefix, rate, starting, admins, adminSlots, penalties, number);
    }

    /** How many connections these limits can ever make wait accepted. */
    public int mostWaiting() {
        if (!admins.isEmpty()) {
            return maxWaiting; // all may have to, until it is known that they are no administrators'
        }
        // Of a source no more wait for its share than live; and what waits for a launcher is "starting".
        long most = perSource.filter(share -> share.overflow().queues()).isPresent() ? connections.number() : 0;
        return (int)
                Math.min(maxWaiting, most + starting.map(StartingLimit::full).orElse(0));
    }

    /** How many of the places for those that wait one source may have. */
    int waitingShare() {
        return halfOf(maxWaiting);
    }

    /** Whether anything is to be known of where a connection comes from, if it costs something to ask. */
    public boolean needsSource() {
        return perSource.isPresent() || !penalties.isEmpty();
    }

    /** At least 1. */
    private static int halfOf(int all) {
        return (all + 1) / 2;
    }
}
