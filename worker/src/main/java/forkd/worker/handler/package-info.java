/** The built-in handlers, known by short names: {@link forkd.worker.Handlers}. Each is also an example of a handler. */
package forkd.worker.handler;
