/**
 * The config file: TOML to keys and values with their places, and back. It knows nothing of options: {@link
 * forkd.launcher.cli} says which keys there are.
 */
package forkd.launcher.config;
