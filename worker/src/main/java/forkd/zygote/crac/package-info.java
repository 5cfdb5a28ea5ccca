/**
 * An implementation for the org.crac API, so that a framework which knows CRaC works under forkd unchanged: its resources
 * get {@code beforeCheckpoint} in the zygote before it is split and {@code afterRestore} in every worker. The library
 * {@code org.crac:crac} finds this package by the system property {@code org.crac.Core.Compat}, which the zygote's command
 * line sets, and expects just these class and method names; there is no dependency either way.
 */
package forkd.zygote.crac;
