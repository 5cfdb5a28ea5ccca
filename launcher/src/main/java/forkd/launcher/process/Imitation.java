package forkd.launcher.process;

import forkd.posix.InetAddr;
import forkd.posix.SocketAddr;
import forkd.posix.UnixAddr;
import java.util.List;

/** Another server whose names for the ends of a connection workers find, besides those of the contract. */
public enum Imitation {
    /** socat(1). */
    SOCAT {
        @Override
        List<String> of(InetAddr peer, InetAddr local) {
            return List.of(
                    "SOCAT_PEERADDR=" + address(peer),
                    "SOCAT_PEERPORT=" + peer.port(),
                    "SOCAT_SOCKADDR=" + address(local),
                    "SOCAT_SOCKPORT=" + local.port());
        }

        @Override
        List<String> of(UnixAddr peer, UnixAddr local) {
            return List.of("SOCAT_PEERADDR=" + name(peer), "SOCAT_SOCKADDR=" + name(local));
        }

        private String name(UnixAddr of) {
            if (of.equals(UnixAddr.UNNAMED)) {
                return "<anon>";
            }
            String printed = of.toString().substring("unix:".length());
            return of.isAbstract() ? "\\0" + printed.substring(1) : printed;
        }

        /** IPv6 in full and in brackets. */
        private String address(InetAddr of) {
            byte[] bytes = of.address().getAddress();
            if (bytes.length == 4) {
                return of.host();
            }
            StringBuilder text = new StringBuilder("[");
            for (int i = 0; i < bytes.length; i += 2) {
                text.append(i == 0 ? "" : ":").append(String.format("%02x%02x", bytes[i], bytes[i + 1]));
            }
            return text.append(']').toString();
        }
    },
    /** ncat(1). */
    NCAT {
        @Override
        List<String> of(InetAddr peer, InetAddr local) {
            return List.of(
                    "NCAT_REMOTE_ADDR=" + peer.host(),
                    "NCAT_REMOTE_PORT=" + peer.port(),
                    "NCAT_LOCAL_ADDR=" + local.host(),
                    "NCAT_LOCAL_PORT=" + local.port(),
                    "NCAT_PROTO=TCP");
        }

        /** Of a Unix socket it knows nothing, and says this: 7.93. */
        @Override
        List<String> of(UnixAddr peer, UnixAddr local) {
            return List.of(
                    "NCAT_REMOTE_ADDR=localhost",
                    "NCAT_REMOTE_PORT=",
                    "NCAT_LOCAL_ADDR=localhost",
                    "NCAT_LOCAL_PORT=",
                    "NCAT_PROTO=TCP");
        }
    };

    abstract List<String> of(InetAddr peer, InetAddr local);

    abstract List<String> of(UnixAddr peer, UnixAddr local);

    /** {@code NAME=value}; none where the ends are not of one kind. */
    List<String> variables(SocketAddr peer, SocketAddr local) {
        if (peer instanceof InetAddr client && local instanceof InetAddr here) {
            return of(client, here);
        }
        return peer instanceof UnixAddr client && local instanceof UnixAddr here ? of(client, here) : List.of();
    }
}
