package io.github.backprop4j.data;

import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEG;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegment;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegmentUtil;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import javax.imageio.stream.ImageInputStream;

/**
 * How the camera was held, as EXIF tells (JEITA CP-3451, tag 0x0112): where the first row and the first column of a
 * photo's file are to be seen.
 */
enum Orientation {
    // in the order of EXIF's numbers, from 1
    TOP_LEFT, TOP_RIGHT, BOTTOM_RIGHT, BOTTOM_LEFT, LEFT_TOP, RIGHT_TOP, RIGHT_BOTTOM, LEFT_BOTTOM;

    private static final String EXIF = "Exif";
    /** Bytes between the word Exif with its end and what it announces. */
    private static final int PADDING = 1;

    /**
     * Reads the orientation of a JPEG file.
     *
     * @param jpeg from its beginning; its position is moved
     * @return {@link #TOP_LEFT} if the file tells none or its EXIF is damaged
     */
    static Orientation of(ImageInputStream jpeg) {
        try {
            // of a stream whose length is known the reader believes no size that it cannot hold
            for (JPEGSegment segment : JPEGSegmentUtil.readSegments(jpeg, JPEG.APP1, EXIF)) {
                InputStream exif = segment.data();
                exif.skipNBytes(PADDING);
                Entry entry = new TIFFReader().read(new ByteArrayImageInputStream(exif.readAllBytes()))
                        .getEntryById(TIFF.TAG_ORIENTATION);
                if (entry != null && entry.getValue() instanceof Number number) {
                    return List.of(values()).get(number.intValue() - 1);
                }
            }
        } catch (IOException | RuntimeException e) {
            // the image may well be good, and its own decoder judges that
            return TOP_LEFT;
        }
        return TOP_LEFT;
    }

    /** Tells whether rows of the file are columns of the image. */
    boolean isTurned() {
        return compareTo(LEFT_TOP) >= 0;
    }

    /** Returns the size that an image has in its file, from the one that is seen, or the other way round. */
    ImageSize apply(ImageSize size) {
        return isTurned() ? size.turned() : size;
    }

    /**
     * Returns pixels in the order in which they are seen.
     *
     * @param pixels as the file has them, plane after plane, row by row; given back themselves if nothing is to be done
     * @param size that is seen
     */
    byte[] upright(byte[] pixels, int channels, ImageSize size) {
        if (this == TOP_LEFT) {
            return pixels;
        }
        int height = size.height();
        int width = size.width();
        byte[] upright = new byte[pixels.length];
        for (int plane = 0; plane < channels * height * width; plane += height * width) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    upright[plane + y * width + x] = pixels[plane + place(y, x, height, width)];
                }
            }
        }
        return upright;
    }

    /** Returns where the pixel that is seen at y and x lies in the plane of the file. */
    private int place(int y, int x, int height, int width) {
        int up = height - 1 - y;
        int left = width - 1 - x;
        return switch (this) {
            case TOP_LEFT -> y * width + x;
            case TOP_RIGHT -> y * width + left;
            case BOTTOM_RIGHT -> up * width + left;
            case BOTTOM_LEFT -> up * width + x;
            case LEFT_TOP -> x * height + y;
            case RIGHT_TOP -> left * height + y;
            case RIGHT_BOTTOM -> left * height + up;
            case LEFT_BOTTOM -> x * height + up;
        };
    }
}
