/**
 * Who may connect: blocks of addresses, rules, and the decision for one peer. Pure: nothing here opens a socket, asks DNS or
 * knows of workers; {@link forkd.launcher.server} asks before it gives a connection away.
 */
package forkd.launcher.access;
