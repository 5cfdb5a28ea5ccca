package forkd.launcher.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleParserTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "allow *",
                "deny *",
                "allow unix",
                "allow uid:1000 gid:100",
                "deny 10.9.0.0/16 2001:db8::/32 reject=\"go away\"",
                "allow 10.0.0.0/8 max-per-source=20 set ROLE=internal",
                "allow * listener:127.0.0.1:7000 listener:web set A=1 set B=\"two words\" set C=\"\"",
                "deny * reject=\"a \\\"b\\\" \\\\ é #\""
            })
    void aRuleIsPrintedAsItIsRead(String line) throws RuleSyntaxException {
        assertEquals(line, parse(line).toString());
    }

    @Test
    void allPartsOfARule() throws RuleSyntaxException {
        assertEquals(
                new Rule(
                        7,
                        true,
                        List.of(new Who.Block(Cidr.parse("10.0.0.0/8")), new Who.Uid(1000)),
                        List.of("web"),
                        new Rule.Settings(Optional.empty(), List.of("ROLE=a b"), OptionalInt.of(20))),
                RuleParser.parse(
                                7,
                                "\tallow 10.0.0.0/8 uid:1000  listener:web max-per-source=20 set ROLE=\"a b\" # why",
                                RuleParserTest::isReserved)
                        .orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   \t ", "# a comment", "  # another, with \"a quote"})
    void aLineMayHoldNoRule(String line) throws RuleSyntaxException {
        assertEquals(Optional.empty(), RuleParser.parse(1, line, RuleParserTest::isReserved));
    }

    @Test
    void aNumberSignWithinAWordIsPartOfIt() throws RuleSyntaxException {
        assertEquals(
                List.of("COLOR=#fff"),
                parse("allow * set COLOR=#fff #x").settings().variables());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            value = {
                "alow *, 1, a rule begins with allow or deny",
                "~  Allow *~, 3, a rule begins with allow or deny",
                "allow, 1, the rule is about nobody",
                "allow listener:web, 1, the rule is about nobody",
                "allow 10.0.0.1/8, 7, write 10.0.0.0/8 for the block or 10.0.0.1 for the one address",
                "allow * 10.0.0.256, 9, '256' is not a number",
                "allow example.com, 7, 'example.com' is nobody",
                "allow all, 7, 'all' is nobody",
                "allow uid:, 7, 'uid:' is no id",
                "allow uid:root, 7, 'uid:root' is no id",
                "allow uid:4294967295, 7, 'uid:4294967295' is no id",
                "allow gid:-1, 7, 'gid:-1' is no id",
                "allow * max-per-source=0, 9, '0' is not a number from 1 to 999999",
                "allow * max-per-source=1000000, 9, '1000000' is not a number",
                "allow * max-per-source=, 9, '' is not a number",
                "deny * max-per-source=3, 8, max-per-source stands in rules that allow",
                "allow * max-per-source=3 max-per-source=4, 26, max-per-source stands in this rule already",
                "allow * reject=no, 9, reject stands in rules that deny",
                "deny * reject=, 8, there is nothing behind reject=",
                "deny * reject=a reject=b, 17, reject stands in this rule already",
                "deny * set A=1, 12, set stands in rules that allow",
                "allow * set, 9, set stands before NAME=VALUE",
                "allow * set A, 13, 'A' is not NAME=VALUE",
                "allow * set 1A=x, 13, '1A=x' is not NAME=VALUE",
                "allow * set =x, 13, '=x' is not NAME=VALUE",
                "allow * set FORKD_LISTENER=x, 13, forkd itself sets the variable FORKD_LISTENER for each connection",
                "allow * set A=1 set A=2, 21, the variable A is set already",
                "allow * ROLE=x, 9, 'ROLE=x' is no setting",
                "allow * listener:, 9, there is nothing behind listener:",
                "deny * reject=\"go away, 15, the quote is not closed",
                "deny * reject=\"a\\nb\", 17, a backslash stands before",
                "deny * reject=\"a\\, 17, a backslash stands before",
                "deny * reject=é, 15, the character U+00E9 may stand in quotes only",
                "deny\u00a0*, 5, the character U+00A0 may stand in quotes only",
                "deny * reject=\"\u0007\", 16, the control character U+0007 cannot be used"
            })
    void aBadRuleIsToldWithItsColumn(String line, int column, String why) {
        RuleSyntaxException e = assertThrows(RuleSyntaxException.class, () -> parse(line));

        assertTrue(e.getMessage().contains(why), e.getMessage());
        assertEquals(column, e.column(), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    @Test
    void aTextToRejectWithIsShort() throws RuleSyntaxException {
        assertEquals(
                512,
                parse("deny * reject=" + "x".repeat(512))
                        .settings()
                        .reject()
                        .orElseThrow()
                        .length());
        assertThrows(RuleSyntaxException.class, () -> parse("deny * reject=" + "x".repeat(513)));
    }

    private static boolean isReserved(String name) {
        return name.startsWith("FORKD_");
    }

    private static Rule parse(String line) throws RuleSyntaxException {
        return RuleParser.parse(1, line, RuleParserTest::isReserved).orElseThrow();
    }
}
