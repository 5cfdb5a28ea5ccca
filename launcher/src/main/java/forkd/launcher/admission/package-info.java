/**
 * Who is admitted, who waits, who is refused: limits and their policies. Only decisions: nothing here owns a socket, reads
 * a clock, or knows of workers and processes; time and the state of the server are arguments. {@link forkd.launcher.server}
 * asks and acts.
 */
package forkd.launcher.admission;
