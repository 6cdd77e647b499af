package io.github.backprop4j.data;

import java.io.IOException;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A stream that fails once somebody goes on reading behind its end. Decoders may look some bytes ahead; one that takes what
 * is missing for zeros would go on through all pixels that a header of a few bytes claims.
 */
final class EndedStream extends ImageInputStreamImpl {

    private static final int MOST_READS_BEHIND = 64;

    private final ImageInputStream in;
    private int behind;

    /** @param in is left open */
    EndedStream(ImageInputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        bitOffset = 0;
        in.seek(streamPos);
        return advanced(in.read(), 1);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        bitOffset = 0;
        in.seek(streamPos);
        int read = in.read(bytes, offset, length);
        return advanced(read, read);
    }

    private int advanced(int found, int bytes) throws IOException {
        if (found >= 0) {
            streamPos += bytes;
        } else if (++behind > MOST_READS_BEHIND) {
            throw new IOException("it ends too early");
        }
        return found;
    }

    @Override
    public long length() {
        try {
            return in.length();
        } catch (IOException e) {
            return -1;
        }
    }
}
