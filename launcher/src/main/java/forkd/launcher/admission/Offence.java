package forkd.launcher.admission;

/** How a connection ended that its source may be penalised for. */
public enum Offence {
    /** Its worker was ended by a signal that forkd had not sent. */
    CRASH,
    /** Its worker exited with another status than 0. */
    EXIT,
    /** forkd ended its worker: a time was over. */
    TIMEOUT,
    /** It was refused: its source had its share, or may not connect. */
    REFUSED
}
