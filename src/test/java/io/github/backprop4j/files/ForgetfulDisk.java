package io.github.backprop4j.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A disk of which a power cut takes what was not forced to it: the bytes of a file, and the names in a directory. Which of
 * the changes since the last time it keeps is not said, and it may keep later ones without those before.
 */
public final class ForgetfulDisk {

    /** Bytes that were not forced. */
    public enum Bytes { KEPT, LOST, ZEROED, TORN }

    /** Names that were not forced. */
    public enum Names { KEPT, LOST, ONLY_DELETED, ONLY_MADE, FIRST_HALF, ALL_BUT_LAST, ONLY_LAST }

    private static final class Inode {
        private final boolean isDirectory;
        private byte[] bytes = new byte[0];
        private byte[] forced = new byte[0];

        Inode(boolean isDirectory) {
            this.isDirectory = isDirectory;
        }

        byte[] after(Bytes loss) {
            if (loss == Bytes.KEPT || Arrays.equals(bytes, forced)) {
                return bytes;
            }
            return switch (loss) {
                case KEPT -> bytes;
                case LOST -> forced;
                case ZEROED -> new byte[bytes.length];
                case TORN -> Arrays.copyOf(bytes, bytes.length / 2);
            };
        }
    }

    /** A change of names in one directory, in one piece. */
    private record Change(boolean isDeletion, Consumer<Map<Path, Inode>> change) {}

    private final Map<Path, Inode> now = new TreeMap<>();
    private final Map<Path, Inode> forced = new TreeMap<>();
    private final Map<Path, List<Change>> pending = new TreeMap<>();

    /** Each of the operations that a recorder was told. */
    public interface Operation {
        void applyTo(ForgetfulDisk disk);
    }

    /** Returns a recorder that adds to a list of operations. */
    public static RecordingFileSystem.Recorder recorder(List<Operation> operations) {
        return new RecordingFileSystem.Recorder() {
            @Override
            public void created(Path file) {
                operations.add(disk -> disk.make(file, false));
            }

            @Override
            public void createdDirectory(Path directory) {
                operations.add(disk -> disk.make(directory, true));
            }

            @Override
            public void emptied(Path file) {
                operations.add(disk -> disk.now.get(file).bytes = new byte[0]);
            }

            @Override
            public void wrote(Path file, long position, byte[] bytes) {
                operations.add(disk -> {
                    Inode inode = disk.now.get(file);
                    inode.bytes = Arrays.copyOf(inode.bytes, (int) Math.max(inode.bytes.length, position + bytes.length));
                    System.arraycopy(bytes, 0, inode.bytes, (int) position, bytes.length);
                });
            }

            @Override
            public void forced(Path fileOrDirectory) {
                operations.add(disk -> disk.force(fileOrDirectory));
            }

            @Override
            public void renamed(Path from, Path to) {
                operations.add(disk -> {
                    Inode moved = disk.now.get(from);
                    disk.change(to, new Change(false, names -> {
                        names.remove(from);
                        names.put(to, moved);
                        // of a directory; what is in it and was not forced before is lost
                        List<Path> below = names.keySet().stream().filter(path -> path.startsWith(from)).toList();
                        below.forEach(path -> names.put(to.resolve(from.relativize(path)), names.remove(path)));
                    }));
                });
            }

            @Override
            public void deleted(Path file) {
                operations.add(disk -> disk.change(file, new Change(true, names -> names.remove(file))));
            }
        };
    }

    private void make(Path path, boolean isDirectory) {
        Inode made = new Inode(isDirectory);
        change(path, new Change(false, names -> names.put(path, made)));
    }

    private void change(Path path, Change change) {
        change.change.accept(now);
        pending.computeIfAbsent(path.getParent(), directory -> new ArrayList<>()).add(change);
    }

    private void force(Path path) {
        Inode inode = now.get(path);
        if (inode != null && !inode.isDirectory) {
            inode.forced = inode.bytes;
        }
        List<Change> names = pending.remove(path);
        if (names != null) {
            names.forEach(name -> name.change.accept(forced));
        }
    }

    /**
     * Returns what is left in a directory and below after a power cut.
     *
     * @return the bytes of each file, null for a directory, by paths relative to the directory
     */
    public Map<String, byte[]> after(Path directory, Bytes bytes, Names names) {
        Map<Path, Inode> left = new TreeMap<>(forced);
        pending.values().forEach(changes -> kept(changes, names).forEach(change -> change.change.accept(left)));
        Map<String, byte[]> files = new TreeMap<>();
        left.forEach((path, inode) -> {
            boolean isReached = path.startsWith(directory);
            for (Path above = path.getParent(); isReached && !above.equals(directory); above = above.getParent()) {
                isReached = left.containsKey(above);
            }
            if (isReached) {
                files.put(directory.relativize(path).toString(), inode.isDirectory ? null : inode.after(bytes));
            }
        });
        return files;
    }

    private static List<Change> kept(List<Change> changes, Names names) {
        int count = changes.size();
        return switch (names) {
            case KEPT -> changes;
            case LOST -> List.of();
            case ONLY_DELETED -> changes.stream().filter(Change::isDeletion).toList();
            case ONLY_MADE -> changes.stream().filter(change -> !change.isDeletion()).toList();
            case FIRST_HALF -> changes.subList(0, count / 2);
            case ALL_BUT_LAST -> changes.subList(0, count - 1);
            case ONLY_LAST -> changes.subList(count - 1, count);
        };
    }

    /** Writes into a directory what {@link #after} returned. */
    public static void write(Map<String, byte[]> files, Path directory) throws IOException {
        Files.createDirectories(directory);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = directory.resolve(file.getKey());
            if (file.getValue() == null) {
                Files.createDirectories(path);
            } else {
                Files.createDirectories(path.getParent());
                Files.write(path, file.getValue());
            }
        }
    }
}
