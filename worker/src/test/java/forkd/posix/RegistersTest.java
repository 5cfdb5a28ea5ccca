package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The places of the registers are those of struct user_regs_struct in sys/user.h. */
class RegistersTest {
    private static final int RAX = 10;
    private static final int ORIG_RAX = 15;
    private static final int RIP = 16;
    private static final int RSP = 19;
    private static final int FS_BASE = 21;

    @Test
    void everyRegisterHasItsPlace() {
        Registers registers = numbered();
        assertEquals(RIP, registers.instructionPointer());
        assertEquals(RSP, registers.stackPointer());
        assertEquals(FS_BASE, registers.threadDescriptor());
        assertEquals(RAX, registers.result());
        assertEquals(ORIG_RAX, registers.systemCall());
        assertEquals(RIP - 2, registers.syscallInstruction());
    }

    @Test
    void bytesGoInAndComeOut() {
        Registers registers = numbered();
        assertArrayEquals(registers.toBytes(), Registers.of(registers.toBytes()).toBytes());
        assertEquals(registers, Registers.of(registers.toBytes()));
    }

    @Test
    void aReturnChangesTheAnswerAndLeavesNothingToRestart() {
        Registers returning = numbered().returning(7);
        assertEquals(7, returning.result());
        assertEquals(-1, returning.systemCall());
        assertEquals(RIP, returning.instructionPointer());
        assertEquals(RSP, returning.stackPointer());
    }

    @Test
    void aCallHasItsNumberAndArguments() {
        Registers calling = numbered().calling(0x1000, 56, 1, 2, 3, 4, 5, 6);
        assertEquals(0x1000, calling.instructionPointer());
        assertEquals(56, calling.result());
        assertEquals(-1, calling.systemCall());
        // rdi rsi rdx r10 r8 r9
        int[] places = {14, 13, 12, 7, 9, 8};
        for (int i = 0; i < places.length; i++) {
            assertEquals(i + 1, calling.get(places[i]));
        }
        assertEquals(RSP, calling.stackPointer());
    }

    @Test
    void argumentsThatAreNotGivenAreZero() {
        assertEquals(0, numbered().calling(0x1000, 56).get(8));
    }

    @ParameterizedTest
    @CsvSource({
        "202, -512, true", // futex, to be restarted
        "202, -516, true", // with a time limit
        "219, -516, true", // restart_syscall
        "202, 0, false", // woken
        "0, -512, false", // read
        "-1, -512, false" // no system call
    })
    void aThreadWaitsInAFutexThatHasNotBeenWoken(long call, long answer, boolean waits) {
        byte[] bytes = new byte[Registers.BYTES];
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.nativeOrder())
                .putLong(RAX * Long.BYTES, answer)
                .putLong(ORIG_RAX * Long.BYTES, call);
        assertEquals(waits, Registers.of(bytes).isWaiting());
        assertFalse(numbered().isWaiting());
    }

    @Test
    void theTextIsForPeople() {
        assertTrue(numbered().toString().contains("rip=10"));
    }

    private static Registers numbered() {
        ByteBuffer bytes = ByteBuffer.allocate(Registers.BYTES).order(ByteOrder.nativeOrder());
        for (int i = 0; i < Registers.BYTES / Long.BYTES; i++) {
            bytes.putLong(i);
        }
        return Registers.of(bytes.array());
    }
}
