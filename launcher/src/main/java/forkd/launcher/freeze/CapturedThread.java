package forkd.launcher.freeze;

/** A thread of the zygote, stopped while it waited: what it takes to revive it in a copy of the process. */
final class CapturedThread {
    private final String name;
    private final byte[] registers;

    CapturedThread(String name, byte[] registers) {
        this.name = name;
        this.registers = registers;
    }

    /** As the kernel has it: at most 15 bytes. */
    String name() {
        return name;
    }

    /** struct user_regs_struct; not to be changed. */
    byte[] registers() {
        return registers;
    }
}
