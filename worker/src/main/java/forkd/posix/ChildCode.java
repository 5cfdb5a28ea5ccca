package forkd.posix;

import jnr.ffi.Pointer;

/**
 * The few instructions that a child runs between its birth and its exec. posix_spawn(3) has no attribute for a user, a limit or
 * a filter, and a child that shares this JVM's memory cannot run Java. So it makes a list of system calls, one after the other,
 * and ends itself at the first one that fails. It touches no stack, takes no lock and calls no library.
 *
 * <p>In C, with the list behind the head of {@code frame}; the call is clone(2) or clone3(2):
 *
 * <pre>{@code
 *   long spawn(struct frame *frame) {
 *       sigprocmask(SIG_SETMASK, &frame->blocked, &frame->old);        // no handler of the JVM's may run in the child
 *       long pid = syscall(frame->call, frame->first, frame->second, &frame->pid, &frame->pid, 0);
 *       if (pid != 0) {
 *           sigprocmask(SIG_SETMASK, &frame->old, NULL);
 *           return pid;
 *       }
 *       for (struct step *step = frame->steps; ; step++) {
 *           step->result = syscall(step->number, step->arguments...);
 *           if (step->result < 0 && !(step->flags & MAY_FAIL)) exit_group(127);
 *           if (step->flags & PASS) step[1].arguments[0] = step->result;
 *       }
 *   }
 * }</pre>
 *
 * x86_64 only.
 */
final class ChildCode {
    /** struct frame: the call that makes the child, the mask of signals, room for the old one, the child's pid, */
    static final int CALL = 0;

    static final int BLOCKED = 8;
    static final int PID = 24;
    /** the call's first two arguments, which are clone's flags and stack, */
    static final int FIRST = 32;

    static final int SECOND = 40;
    /** room for whatever the calls point to, */
    static final int ROOM = 48;

    static final int ROOM_BYTES = 96;
    /** the list. */
    static final int STEPS = ROOM + ROOM_BYTES;

    /**
     * The mask. A SIGCHLD that is blocked is not ignored, but kept, and wakes another thread for it; its disposition is the
     * default one, so there is no handler that could run in the child.
     */
    static final long ALL_BUT_SIGCHLD = ~(1L << 16);

    /** struct step: the number and flags in one word, six arguments, the result. */
    static final int STEP_BYTES = 64;

    static final int STEP_FLAGS = 4;
    static final int ARGUMENTS = 8;
    static final int MAX_ARGUMENTS = 6;
    static final int RESULT = 56;

    /** Written into a result beforehand. */
    static final long NOT_REACHED = Long.MIN_VALUE;

    /** The list goes on where this step fails. */
    static final int MAY_FAIL = 1;
    /** The result is the next step's first argument. */
    static final int PASS = 2;

    private static final String X86_64 = "f30f1efa" // endbr64
            + "53" // push rbx
            + "4889fb" // mov rbx, rdi
            + "b80e000000" + "bf02000000" // mov eax, rt_sigprocmask; mov edi, SIG_SETMASK
            + "488d7308" + "488d5310" // lea rsi, [rbx+8]; lea rdx, [rbx+16]
            + "41ba08000000" + "0f05" // mov r10d, 8; syscall
            + "8b03" + "488b7b20" // mov eax, [rbx]; mov rdi, [rbx+32]
            + "488b7328" + "488d5318" // mov rsi, [rbx+40]; lea rdx, [rbx+24]
            + "4989d2" + "4531c0" + "0f05" // mov r10, rdx; xor r8d, r8d; syscall
            + "4885c0" + "741c" // test rax, rax; jz child
            + "50" // push rax
            + "b80e000000" + "bf02000000" // mov eax, rt_sigprocmask; mov edi, SIG_SETMASK
            + "488d7310" + "31d2" // lea rsi, [rbx+16]; xor edx, edx
            + "41ba08000000" + "0f05" // mov r10d, 8; syscall
            + "58" + "5b" + "c3" // pop rax; pop rbx; ret
            + "4881c390000000" // child: add rbx, 144
            + "8b03" // step: mov eax, [rbx]
            + "488b7b08" + "488b7310" + "488b5318" // mov rdi, [rbx+8]; mov rsi, [rbx+16]; mov rdx, [rbx+24]
            + "4c8b5320" + "4c8b4328" + "4c8b4b30" // mov r10, [rbx+32]; mov r8, [rbx+40]; mov r9, [rbx+48]
            + "0f05" + "48894338" // syscall; mov [rbx+56], rax
            + "8b4b04" + "4885c0" + "7905" // mov ecx, [rbx+4]; test rax, rax; jns done
            + "f6c101" + "740f" // test cl, MAY_FAIL; jz failed
            + "f6c102" + "7404" // done: test cl, PASS; jz next
            + "48894348" // mov [rbx+72], rax
            + "4883c340" + "ebc4" // next: add rbx, 64; jmp step
            + "b8e7000000" + "bf7f000000" + "0f05" // failed: mov eax, exit_group; mov edi, 127; syscall
            + "f4"; // hlt

    private static final MachineCode CODE = new MachineCode(X86_64);

    private ChildCode() {}

    /** Blocks until the child has executed a program or ended, where the call's flags say so. @return its pid, or -errno */
    static long spawn(Pointer frame) {
        return CODE.call(frame);
    }
}
