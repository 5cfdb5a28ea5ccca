/**
 * What runs around fork(2) in a Java image, on the child's side of forkd.
 *
 * <ul>
 *   <li>The {@link forkd.zygote.ZygoteMain zygote} is an ordinary JVM that loads and warms the handler.
 *   <li>The {@link forkd.zygote.Stem stem} is a fork of it with one thread and frozen state, whose only job is to fork. It
 *       cannot collect garbage, so its loop allocates nothing.
 *   <li>A {@link forkd.zygote.ForkedWorker worker} is a fork of the stem: it revives the threads that it needs, repairs what
 *       a copy must not share, handles one connection and ends.
 * </ul>
 *
 * <p>{@code native-notes/forking-hotspot.md} tells why each step is as it is.
 */
package forkd.zygote;
