package forkd.launcher.process;

/** On which descriptor a program finds its connection. */
public enum DescriptorStyle {
    /** On 0 and 1, as under inetd. */
    INETD,
    /** On 3, as a program expects that asks sd_listen_fds(3); 0 is /dev/null, and 1 is the log, as 2 is. */
    LISTEN
}
