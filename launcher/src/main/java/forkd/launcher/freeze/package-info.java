/**
 * How a zygote becomes a stem: it is stopped, its threads are captured by ptrace(2), the stem is split off and proven.
 * {@link forkd.launcher.freeze.StemFactory} is the way in; {@code native-notes/forking-hotspot.md} tells why each step is.
 */
package forkd.launcher.freeze;
