package io.github.backprop4j.files;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/** The default file system, of which is told what a disk gets to know: which files are made, written, forced, renamed. */
public final class RecordingFileSystem extends FileSystem {

    private static final FileSystem SYSTEM = FileSystems.getDefault();

    /** Who is told, after it was done. Paths are those of the default file system. */
    public interface Recorder {

        void created(Path file);

        void emptied(Path file);

        void wrote(Path file, long position, byte[] bytes);

        void forced(Path fileOrDirectory) throws IOException;

        void renamed(Path from, Path to);

        void deleted(Path fileOrDirectory);

        void createdDirectory(Path directory);
    }

    private final Recorder recorder;
    private final Provider provider = new Provider();

    public RecordingFileSystem(Recorder recorder) {
        this.recorder = recorder;
    }

    /** Returns a path of the default file system as one of this. */
    public Path recorded(Path path) {
        return path == null ? null : (Path) Proxy.newProxyInstance(
                RecordingFileSystem.class.getClassLoader(), new Class<?>[] {Path.class}, new Handler(path));
    }

    private static Path system(Object path) {
        return path instanceof Path && Proxy.isProxyClass(path.getClass())
                ? ((Handler) Proxy.getInvocationHandler(path)).path : (Path) path;
    }

    /** Asks the path behind, whose answer, if it is a path, is wrapped in its turn. */
    private final class Handler implements java.lang.reflect.InvocationHandler {

        private final Path path;

        Handler(Path path) {
            this.path = path;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            if (method.getName().equals("getFileSystem")) {
                return RecordingFileSystem.this;
            }
            Object[] unwrapped = arguments == null ? new Object[0] : arguments.clone();
            for (int i = 0; i < unwrapped.length; i++) {
                unwrapped[i] = unwrapped[i] instanceof Path ? system(unwrapped[i]) : unwrapped[i];
            }
            try {
                Object result = method.invoke(path, unwrapped);
                return result instanceof Path found ? recorded(found) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    private final class Provider extends FileSystemProvider {

        private final FileSystemProvider behind = SYSTEM.provider();

        @Override
        public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            Path file = system(path);
            boolean isNew = Files.notExists(file);
            FileChannel channel = behind.newFileChannel(file, options, attributes);
            if (isNew) {
                recorder.created(file);
            } else if (options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
                recorder.emptied(file);
            }
            return new Channel(file, channel, options.contains(StandardOpenOption.APPEND));
        }

        @Override
        public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options,
                FileAttribute<?>... attributes) throws IOException {
            return newFileChannel(path, options, attributes);
        }

        @Override
        public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
            behind.createDirectory(system(directory), attributes);
            recorder.createdDirectory(system(directory));
        }

        @Override
        public void delete(Path path) throws IOException {
            behind.delete(system(path));
            recorder.deleted(system(path));
        }

        @Override
        public void move(Path from, Path to, CopyOption... options) throws IOException {
            behind.move(system(from), system(to), options);
            recorder.renamed(system(from), system(to));
        }

        @Override
        public DirectoryStream<Path> newDirectoryStream(Path directory, DirectoryStream.Filter<? super Path> filter)
                throws IOException {
            DirectoryStream<Path> stream = behind.newDirectoryStream(
                    system(directory), path -> filter.accept(recorded(path)));
            return new DirectoryStream<>() {
                @Override
                public Iterator<Path> iterator() {
                    Iterator<Path> paths = stream.iterator();
                    return new Iterator<>() {
                        @Override
                        public boolean hasNext() {
                            return paths.hasNext();
                        }

                        @Override
                        public Path next() {
                            return recorded(paths.next());
                        }
                    };
                }

                @Override
                public void close() throws IOException {
                    stream.close();
                }
            };
        }

        @Override
        public void copy(Path from, Path to, CopyOption... options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isSameFile(Path path, Path other) throws IOException {
            return behind.isSameFile(system(path), system(other));
        }

        @Override
        public boolean isHidden(Path path) throws IOException {
            return behind.isHidden(system(path));
        }

        @Override
        public FileStore getFileStore(Path path) throws IOException {
            return behind.getFileStore(system(path));
        }

        @Override
        public void checkAccess(Path path, AccessMode... modes) throws IOException {
            behind.checkAccess(system(path), modes);
        }

        @Override
        public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
            return behind.getFileAttributeView(system(path), type, options);
        }

        @Override
        public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
                throws IOException {
            return behind.readAttributes(system(path), type, options);
        }

        @Override
        public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
            return behind.readAttributes(system(path), attributes, options);
        }

        @Override
        public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
            behind.setAttribute(system(path), attribute, value, options);
        }

        @Override
        public String getScheme() {
            return "recorded";
        }

        @Override
        public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileSystem getFileSystem(URI uri) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Path getPath(URI uri) {
            throw new UnsupportedOperationException();
        }
    }

    private final class Channel extends FileChannel {

        private final Path file;
        private final FileChannel behind;
        private final boolean appends;

        Channel(Path file, FileChannel behind, boolean appends) {
            this.file = file;
            this.behind = behind;
            this.appends = appends;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            long position = appends ? behind.size() : behind.position();
            while (bytes.hasRemaining()) {
                behind.write(bytes);
            }
            recorder.wrote(file, position, copy);
            return copy.length;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            behind.force(metaData);
            recorder.forced(file);
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            return behind.read(to);
        }

        @Override
        public long read(ByteBuffer[] to, int offset, int length) throws IOException {
            return behind.read(to, offset, length);
        }

        @Override
        public int read(ByteBuffer to, long position) throws IOException {
            return behind.read(to, position);
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            return behind.transferTo(position, count, target);
        }

        @Override
        public long position() throws IOException {
            return behind.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            behind.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return behind.size();
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) throws IOException {
            return behind.lock(position, size, shared);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return behind.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            behind.close();
        }

        // what would have to be recorded, and nobody does

        @Override
        public long write(ByteBuffer[] bytes, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int write(ByteBuffer bytes, long position) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileChannel truncate(long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) {
            throw new UnsupportedOperationException();
        }
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public Path getPath(String first, String... more) {
        return recorded(SYSTEM.getPath(first, more));
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public String getSeparator() {
        return SYSTEM.getSeparator();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return SYSTEM.supportedFileAttributeViews();
    }

    @Override
    public PathMatcher getPathMatcher(String pattern) {
        throw new UnsupportedOperationException();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        throw new UnsupportedOperationException();
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException();
    }
}
