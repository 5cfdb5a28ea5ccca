package forkd.posix;

/**
 * What has gone over a TCP connection so far: struct tcp_info of linux/tcp.h.
 *
 * @param received bytes that the peer has sent, tcpi_bytes_received
 * @param acknowledged bytes that the peer's kernel has taken, tcpi_bytes_acked
 * @param quietMillis for how long no data has been sent or has come, the less of tcpi_last_data_sent and
 *     tcpi_last_data_recv; data that is sent again counts as sent
 */
public record TcpTraffic(long received, long acknowledged, long quietMillis) {}
