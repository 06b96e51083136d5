package dev.switchboard.node.main;

import picocli.CommandLine;

/** The version of this build. */
public final class Version implements CommandLine.IVersionProvider {
    private static final String UNPACKED = "dev";

    /** As the jar's manifest states it; {@code dev} when run from classes. */
    public static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? UNPACKED : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"Switchboard " + current()};
    }
}
