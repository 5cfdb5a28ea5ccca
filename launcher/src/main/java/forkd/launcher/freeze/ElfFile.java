package forkd.launcher.freeze;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a library's file tells about its place in memory: elf(5), for 64 bits and little-endian. */
final class ElfFile {
    private static final int MAGIC = 0x464c457f;
    private static final int HEADERS_AT = 32;
    private static final int HEADER_BYTES_AT = 54;
    private static final int HEADERS_BYTES = 64 * 56;
    private static final int FILE_HEADER_BYTES = 64;
    private static final int PT_LOAD = 1;

    private ElfFile() {}

    /**
     * Where the variables end that begin as zeros and have no bytes in the file.
     *
     * @param data the library's variables that have
     * @return the address of the page behind them; 0 where the file is no library any more, or cannot be read
     */
    static long endOfData(Mapping data) {
        try (FileChannel file = FileChannel.open(Path.of(data.name()), StandardOpenOption.READ)) {
            ByteBuffer header = read(file, 0, FILE_HEADER_BYTES);
            if (header.getInt(0) != MAGIC) {
                return 0;
            }
            int bytes = header.getShort(HEADER_BYTES_AT);
            int count = header.getShort(HEADER_BYTES_AT + Short.BYTES);
            return endOfData(read(file, header.getLong(HEADERS_AT), HEADERS_BYTES), bytes, count, data);
        } catch (IOException | BufferUnderflowException | IndexOutOfBoundsException e) {
            return 0; // then these pages stay as they are
        }
    }

    /** struct Elf64_Phdr: p_type, p_flags, p_offset, p_vaddr, p_paddr, p_filesz, p_memsz. */
    private static long endOfData(ByteBuffer headers, int bytes, int count, Mapping data) {
        for (int i = 0; i < count; i++) {
            int at = i * bytes;
            long offset = headers.getLong(at + 8);
            boolean holds =
                    data.offset() + PageTable.PAGE_BYTES > offset && data.offset() < offset + headers.getLong(at + 32);
            if (headers.getInt(at) == PT_LOAD && holds) {
                long begin = data.start() - data.offset() + offset;
                return begin + headers.getLong(at + 40) + PageTable.PAGE_BYTES - 1 & -PageTable.PAGE_BYTES;
            }
        }
        return 0;
    }

    private static ByteBuffer read(FileChannel file, long position, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, position + buffer.position()) < 0) {
                break;
            }
        }
        return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
    }
}
