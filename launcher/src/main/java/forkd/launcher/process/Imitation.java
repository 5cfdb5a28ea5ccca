package forkd.launcher.process;

import forkd.posix.InetAddr;
import forkd.posix.SocketAddr;
import java.util.List;

/** Another server whose names for the ends of a TCP connection workers find, besides those of the contract. */
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
    };

    abstract List<String> of(InetAddr peer, InetAddr local);

    /** {@code NAME=value}; none where an end is no TCP address. */
    List<String> variables(SocketAddr peer, SocketAddr local) {
        return peer instanceof InetAddr client && local instanceof InetAddr here ? of(client, here) : List.of();
    }
}
