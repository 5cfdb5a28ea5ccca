/**
 * The server: listeners, the accept loop, stopping, the event log. All policy is here; where processes come from is
 * {@link forkd.launcher.process}. One thread accepts and drains, one reaps, and signals only set a
 * {@link forkd.launcher.server.StopRequest}.
 */
package forkd.launcher.server;
