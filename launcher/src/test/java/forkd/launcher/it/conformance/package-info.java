/**
 * What Java code does in a forked worker, a method a case. A case that returns has passed; the class's and the method's name
 * are the case's. {@code ForkConformanceIT} runs each in a worker of its own.
 */
package forkd.launcher.it.conformance;
