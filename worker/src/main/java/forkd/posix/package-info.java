/**
 * The one door to the kernel. Nothing else in forkd calls native code, and nothing else imports {@code jnr.ffi}.
 *
 * <ul>
 *   <li>{@link forkd.posix.Posix} and, for sockets, {@link forkd.posix.Sockets} have one method a system call, with the C name;
 *       its javadoc names the man page.
 *   <li>EINTR is retried inside. A failure is an {@link forkd.posix.ErrnoException}, its errno taken right after the call.
 *   <li>A descriptor is an {@link forkd.posix.Fd} with one owner, and close-on-exec from birth: a process inherits only
 *       what a {@link forkd.posix.SpawnRequest} names.
 *   <li>The layouts are those of 64-bit Linux. {@link forkd.posix.ProcessTitle} and {@link forkd.posix.WaitStatus} load no
 *       native library.
 * </ul>
 */
package forkd.posix;
