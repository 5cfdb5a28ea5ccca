package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import forkd.launcher.proxy.ProxyMode;
import forkd.posix.UnixAddr;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenSpecTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1:7000", "*:7000", "unix:/run/x", "unix:@x", "fd:3", "fd:0", "systemd", "systemd:web"})
    void withoutOptionsNothingIsSet(String text) {
        ListenSpec spec = ListenSpec.parse(text);

        assertEquals(text, spec.toString());
        assertEquals(ListenOptions.NONE, spec.options());
    }

    @Test
    void tcpOptions() {
        ListenOptions options = ListenSpec.parse("127.0.0.1:7000,name=web,nodelay,reuseport,backlog=64,keepalive=60,"
                        + "keepalive-interval=10,keepalive-count=6,proxy-protocol=required")
                .options();

        KeepAlive keepAlive = new KeepAlive(OptionalInt.of(60), OptionalInt.of(10), OptionalInt.of(6));
        assertEquals(
                new ListenOptions(
                        Optional.of("web"),
                        OptionalInt.of(64),
                        true,
                        true,
                        Optional.of(keepAlive),
                        FileAccess.DEFAULT,
                        Optional.of(ProxyMode.REQUIRED)),
                options);
    }

    @Test
    void keepaliveWithoutTimesLeavesThemToTheKernel() {
        assertEquals(
                Optional.of(new KeepAlive(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty())),
                ListenSpec.parse("*:7000,keepalive").options().keepAlive());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0660", "660"})
    void aUnixSocketHasOwnerGroupAndOctalMode(String mode) {
        assertEquals(
                new FileAccess(Optional.of("www-data"), Optional.of("33"), OptionalInt.of(0660)),
                ListenSpec.parse("unix:/run/x,owner=www-data,group=33,mode=" + mode)
                        .options()
                        .file());
    }

    @Test
    void aCommaAndABackslashOfAPathStandBehindABackslash() {
        ListenSpec spec = ListenSpec.parse("unix:/a\\,b\\\\c\\d,name=x");

        assertEquals(new ListenAddress(new UnixAddr("/a,b\\c\\d"), false), spec.source());
        assertEquals(Optional.of("x"), spec.options().name());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "127.0.0.1:1,mode=0660|'mode' is no option of a TCP socket; it has name, backlog, proxy-protocol, nodelay, keepalive,"
                        + " keepalive-interval, keepalive-count, reuseport",
                "unix:/x,nodelay|'nodelay' is no option of a Unix socket; it has name, backlog, proxy-protocol, owner, group, mode",
                "unix:@x,mode=0660|'mode' is no option of an abstract Unix socket; it has name, backlog, proxy-protocol",
                "fd:3,reuseport|'reuseport' is no option of an inherited socket; it has name, backlog, proxy-protocol, nodelay, keepalive,"
                        + " keepalive-interval, keepalive-count",
                "*:1,|'' is no option of a TCP socket; it has name, backlog, proxy-protocol, nodelay, keepalive, keepalive-interval,"
                        + " keepalive-count, reuseport",
                "*:1,name=a,name=b|'name' is given twice",
                "*:1,name|'name' needs a value: name=…",
                "*:1,name=a:b|'a:b': a name is letters, digits and _ . @ -, at most 64",
                "*:1,name=-a|'-a': a name is letters, digits and _ . @ -, at most 64",
                "*:1,nodelay=1|'nodelay' has no value",
                "*:1,backlog=0|backlog is 1 to 2147483647, not 0",
                "*:1,backlog=many|backlog is a number, not 'many'",
                "*:1,keepalive=32768|keepalive is 1 to 32767, not 32768",
                "*:1,keepalive-count=3|keepalive-interval and keepalive-count need keepalive",
                "*:1,proxy-protocol=auto|proxy-protocol is 'required' or 'off', not 'auto'",
                "unix:/x,mode=rw|'rw': a mode is octal, such as 0660",
                "unix:/x,mode=0888|'0888': a mode is octal, such as 0660",
                "unix:/x,mode=4755|'4755': a mode is octal, such as 0660",
                "fd:|'' is not a descriptor",
                "fd:x|'x' is not a descriptor",
                "fd:-1|'-1' is not a descriptor",
                "fd:1|descriptors 1 and 2 are for output",
                "systemd:|it has no name"
            })
    void aBadSpecIsToldInOneLineThatNamesIt(String text, String why) {
        String message = assertThrows(IllegalArgumentException.class, () -> ListenSpec.parse(text))
                .getMessage();

        assertEquals(
                "bad address '" + text + "': " + why
                        + "; expected HOST:PORT, [V6]:PORT, *:PORT, unix:PATH, fd:N or systemd[:NAME]",
                message);
    }
}
