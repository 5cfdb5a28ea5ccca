package forkd.launcher.proxy;

/** Whether a listener's connections begin with a PROXY header. There is no guessing: who may guess can be lied to. */
public enum ProxyMode {
    OFF,
    REQUIRED
}
