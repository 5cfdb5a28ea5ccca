package forkd.launcher.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.posix.InetAddr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourcePrefixTest {
    @ParameterizedTest
    @CsvSource({
        "'32,64', 192.0.2.77, 192.0.2.77",
        "'24,64', 192.0.2.77, 192.0.2.0/24",
        "'0,0', 192.0.2.77, 0.0.0.0/0",
        "'32,64', 2001:db8:1:2:3:4:5:6, 2001:db8:1:2::/64",
        "'32,128', 2001:db8::1, 2001:db8::1",
        "'32,0', 2001:db8::1, ::/0",
        "'32,64', ::ffff:192.0.2.77, 192.0.2.77"
    })
    void aSourceIsABlockOfAddresses(String prefix, String peer, String source) throws UnknownHostException {
        assertEquals(
                source,
                SourcePrefix.parse(prefix)
                        .of(new InetAddr(InetAddress.getByName(peer), 1234))
                        .toString());
    }
}
