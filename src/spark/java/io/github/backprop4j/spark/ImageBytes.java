package io.github.backprop4j.spark;

import io.github.backprop4j.data.Images;
import java.io.Serializable;
import java.util.ArrayList;

/** {@link Images} as they travel: all but the names of their files, on which nothing depends that is computed. */
record ImageBytes(int channels, int height, int width, ArrayList<String> classNames, byte[] pixels, int[] labels)
        implements Serializable {

    static ImageBytes of(Images images) {
        return new ImageBytes(images.channels(), images.height(), images.width(), new ArrayList<>(images.classNames()),
                images.pixels(), images.labels());
    }

    Images images() {
        return new Images(channels, height, width, classNames, pixels, labels);
    }
}
