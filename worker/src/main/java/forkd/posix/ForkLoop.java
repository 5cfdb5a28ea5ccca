package forkd.posix;

import jnr.ffi.Pointer;

/**
 * The loop of a process that only forks, in instructions of our own: it waits for a message, forks, closes the descriptors that
 * came with the message, and waits for the next one. It comes back to Java in a child, and when there is no more to wait for.
 *
 * <p>In Java the same loop writes to memory of the VM's at every call: to the thread's state, to its handles, to its stack. What a
 * process writes after a fork the kernel has to copy, and a huge page that it writes to is in small ones from then on. These
 * instructions write to the request, and to the answer where a fork has failed, which have pages of their own; and to nothing else,
 * the stack included.
 *
 * <p>In C:
 *
 * <pre>{@code
 *   long loop(struct frame *frame) {
 *       for (;;) {
 *           frame->request->msg_controllen = frame->control_length;
 *           long n = recvmsg(frame->socket, frame->request, MSG_CMSG_CLOEXEC);
 *           if (n == -EINTR) continue;
 *           if (n <= 0) return 1;
 *           long pid = syscall(frame->call, frame->flags, NULL, NULL, frame->child_tid, 0);
 *           if (pid == 0) return 0;
 *           if (pid < 0) {
 *               *frame->error = -pid;                                    // int
 *               *frame->answer_id = *frame->request_id;                  // long
 *               sendmsg(frame->socket, frame->answer, MSG_NOSIGNAL);
 *           }
 *           struct cmsghdr *control = frame->control;
 *           if (frame->request->msg_controllen < sizeof *control) continue;
 *           if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) continue;
 *           int *end = (int *) ((char *) control + control->cmsg_len);
 *           for (int *fd = CMSG_DATA(control); fd < end; fd++) close(*fd);
 *       }
 *   }
 * }</pre>
 *
 * x86_64 only.
 */
public final class ForkLoop {
    /** struct frame, which is only read. */
    private static final int CALL = 0;

    private static final int CLONE_FLAGS = 8;
    private static final int CHILD_TID = 16;
    private static final int SOCKET = 24;
    private static final int REQUEST = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int CONTROL = 48;
    private static final int ANSWER = 56;
    private static final int ERROR = 64;
    private static final int REQUEST_ID = 72;
    private static final int ANSWER_ID = 80;
    private static final int FRAME_BYTES = 88;

    private static final String X86_64 = "f30f1efa" // endbr64
            + "53" // push rbx
            + "4889fb" // mov rbx, rdi
            + "488b7320" + "488b4328" // next: mov rsi, [rbx+32]; mov rax, [rbx+40]
            + "48894628" // mov [rsi+40], rax (msg_controllen)
            + "ba00000040" + "488b7b18" // mov edx, MSG_CMSG_CLOEXEC; mov rdi, [rbx+24]
            + "b82f000000" + "0f05" // mov eax, recvmsg; syscall
            + "4883f8fc" + "74de" // cmp rax, -EINTR; je next
            + "4885c0" + "0f8e8d000000" // test rax, rax; jle gone
            + "488b03" + "488b7b08" // mov rax, [rbx]; mov rdi, [rbx+8]
            + "31f6" + "31d2" // xor esi, esi; xor edx, edx
            + "4c8b5310" + "4531c0" + "0f05" // mov r10, [rbx+16]; xor r8d, r8d; syscall
            + "4885c0" + "7479" + "792a" // test rax, rax; jz out; jns close
            + "f7d8" + "488b4b40" + "8901" // neg eax; mov rcx, [rbx+64]; mov [rcx], eax
            + "488b4b48" + "488b01" // mov rcx, [rbx+72]; mov rax, [rcx]
            + "488b4b50" + "488901" // mov rcx, [rbx+80]; mov [rcx], rax
            + "488b7b18" + "488b7338" // mov rdi, [rbx+24]; mov rsi, [rbx+56]
            + "ba00400000" + "b82e000000" + "0f05" // mov edx, MSG_NOSIGNAL; mov eax, sendmsg; syscall
            + "488b7320" // close: mov rsi, [rbx+32]
            + "48837e2810" + "7285" // cmp qword [rsi+40], 16; jb next
            + "4c8b4330" // mov r8, [rbx+48]
            + "4183780801" + "0f8576ffffff" // cmp dword [r8+8], SOL_SOCKET; jne next
            + "4183780c01" + "0f856bffffff" // cmp dword [r8+12], SCM_RIGHTS; jne next
            + "4d8b08" + "4d01c1" // mov r9, [r8]; add r9, r8
            + "4983c010" // add r8, 16
            + "4d39c8" + "0f8358ffffff" // more: cmp r8, r9; jae next
            + "418b38" // mov edi, [r8]
            + "b803000000" + "0f05" // mov eax, close; syscall
            + "4983c004" + "ebe7" // add r8, 4; jmp more
            + "b801000000" // gone: mov eax, 1
            + "5b" + "c3"; // out: pop rbx; ret

    private static final MachineCode CODE = new MachineCode(X86_64);

    private final PacketBuffer request;
    private final Refusal refusal;
    private final Pointer frame;

    /**
     * What a refused fork is answered with, on the socket that the request came from.
     *
     * @param packet in pages of its own; all but the two fields that follow is written before
     * @param length its bytes
     * @param error where the error number goes, an int
     * @param id where eight bytes go that stand at the same place in the request
     */
    public record Refusal(PacketBuffer packet, int length, int error, int id) {}

    /**
     * For the thread that the fork is for, which alone may use it. Allocates.
     *
     * @param socket the number of a packet socket, which stays the caller's
     * @param request in pages of its own; whoever has made this does nothing else with it
     */
    public ForkLoop(RawFork fork, int socket, PacketBuffer request, Refusal refusal) {
        this.request = request;
        this.refusal = refusal;
        frame = Native.allocate(FRAME_BYTES);
        frame.putLong(CALL, fork.call());
        frame.putLong(CLONE_FLAGS, RawFork.FLAGS);
        frame.putLong(CHILD_TID, fork.tidAddress());
        frame.putLong(SOCKET, socket);
        frame.putLong(REQUEST, request.header().address());
        frame.putLong(CONTROL_LENGTH, request.controlLength());
        frame.putLong(CONTROL, request.control().address());
        frame.putLong(ANSWER, refusal.packet().header().address());
        frame.putLong(ERROR, refusal.packet().data().address() + refusal.error());
        frame.putLong(REQUEST_ID, request.data().address() + refusal.id());
        frame.putLong(ANSWER_ID, refusal.packet().data().address() + refusal.id());
    }

    /**
     * Serves requests. A child of it finds its request in the buffer, and owns the descriptors.
     *
     * @return true in each child, false when the socket's other end is closed or the socket fails
     */
    public boolean run() {
        request.prepareToReceive();
        refusal.packet().prepareToSend(refusal.length());
        return CODE.call(frame) == 0;
    }
}
