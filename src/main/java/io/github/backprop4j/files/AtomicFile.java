package io.github.backprop4j.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.commons.io.function.IOConsumer;

/** Writes a file whole or not at all. */
public final class AtomicFile {

    private AtomicFile() {}

    /**
     * Writes to a temporary name beside the file, forces it to the disk, and renames it; a file that was there before is
     * replaced at that moment. If anything fails, it stays as it was and nothing is left behind.
     *
     * @param file in a directory that exists
     * @param content writes the file's bytes; the stream is buffered and closed for it
     * @throws IOException if the file cannot be written, or from content
     */
    public static void write(Path file, IOConsumer<OutputStream> content) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        try {
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                content.accept(out);
                out.flush();
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
