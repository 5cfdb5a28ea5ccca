/**
 * Worker processes: how they are started ({@link forkd.launcher.process.WorkerLauncher}), counted
 * ({@link forkd.launcher.process.WorkerTable}) and reaped ({@link forkd.launcher.process.Reaper}). Nothing here knows of
 * listeners. A process is always a direct child of the launcher, and leader of a process group of its own.
 */
package forkd.launcher.process;
