package forkd.launcher.server;

/** Where a listening socket comes from: it is made for an address, or this process was born with it. */
public sealed interface ListenSource permits ListenAddress, InheritedDescriptor, SystemdSockets {}
