package forkd.launcher.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: ours, from the jar's manifest, and the JVM's, which matters as much. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Forkd.class.getPackage().getImplementationVersion();
        return new String[] {
            "forkd " + (version == null ? "(not packaged)" : version),
            System.getProperty("java.vm.name") + " " + Runtime.version()
        };
    }
}
