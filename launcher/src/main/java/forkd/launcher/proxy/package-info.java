/**
 * The PROXY protocol, versions 1 and 2: what a load balancer says before its client speaks; proxy-protocol.txt of HAProxy. Parsing is pure; one
 * class reads from a socket. Knows nothing of servers and workers.
 */
package forkd.launcher.proxy;
