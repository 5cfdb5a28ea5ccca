package forkd.launcher.freeze;

import java.io.IOException;

/** What tells which pages of a range of memory are there. */
interface Residency {
    /** How many pages are in memory and mapped. */
    int present(long start, long end) throws IOException;

    /** How many of them are the process's own: no file's, or a file's that it has written to. */
    int own(long start, long end) throws IOException;
}
