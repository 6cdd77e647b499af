package io.github.backprop4j.data;

import io.github.backprop4j.data.Picture.Border;
import java.util.random.RandomGenerator;

/** A random change of an image. Of what is switched off, by an amount of 0, no random number is drawn. */
sealed interface ImageChange {

    /** Returns whether it leaves every image as it is. */
    boolean isNothing();

    /** Draws random numbers and changes the image by them; the values stay within 0–255. */
    void apply(Picture picture, RandomGenerator random);

    /** Moves the image over its own repeated border, then mirrors it. Draws: mirror or not, offset down, to the right. */
    record Move(boolean flip, int shift) implements ImageChange {

        @Override
        public boolean isNothing() {
            return !flip && shift == 0;
        }

        @Override
        public void apply(Picture picture, RandomGenerator random) {
            boolean mirror = flip && random.nextBoolean();
            int down = offset(shift, random);
            int right = offset(shift, random);
            if (mirror || down != 0 || right != 0) {
                int[] columns = Border.REPEATED.moved(right, picture.width());
                picture.take(Border.REPEATED.moved(down, picture.height()), mirror ? Picture.mirrored(columns) : columns);
            }
        }
    }

    /** Cuts the image from one with a black margin around. Draws: offset down, to the right. */
    record Crop(int margin) implements ImageChange {

        @Override
        public boolean isNothing() {
            return margin == 0;
        }

        @Override
        public void apply(Picture picture, RandomGenerator random) {
            int down = offset(margin, random);
            int right = offset(margin, random);
            if (down != 0 || right != 0) {
                picture.take(Border.BLACK.moved(down, picture.height()), Border.BLACK.moved(right, picture.width()));
            }
        }
    }

    /** Turns and enlarges the image about its centre. Draws: degrees, factor. */
    record Turn(double degrees, double scale) implements ImageChange {

        @Override
        public boolean isNothing() {
            return degrees == 0 && scale == 0;
        }

        @Override
        public void apply(Picture picture, RandomGenerator random) {
            double angle = degrees == 0 ? 0 : random.nextDouble(-degrees, degrees);
            picture.turn(angle, scale == 0 ? 1 : random.nextDouble(1 - scale, 1 + scale));
        }
    }

    /** Changes the light in which the image was taken, by one factor after the other, as their order here. */
    record Light(double brightness, double contrast, double saturation) implements ImageChange {

        @Override
        public boolean isNothing() {
            return brightness == 0 && contrast == 0 && saturation == 0;
        }

        @Override
        public void apply(Picture picture, RandomGenerator random) {
            if (brightness > 0) {
                picture.brighten(factor(brightness, random));
            }
            if (contrast > 0) {
                picture.contrast(factor(contrast, random));
            }
            if (saturation > 0) {
                picture.saturate(factor(saturation, random));
            }
        }

        private static float factor(double most, RandomGenerator random) {
            return (float) random.nextDouble(1 - most, 1 + most);
        }
    }

    /** Covers a square that lies in the image with grey. Draws: its top, its left. */
    record Cutout(int side) implements ImageChange {

        /** The middle of 0–255, of which the scaling of most images makes nearly 0. */
        static final float GREY = 128;

        @Override
        public boolean isNothing() {
            return side == 0;
        }

        @Override
        public void apply(Picture picture, RandomGenerator random) {
            int rows = Math.min(side, picture.height());
            int columns = Math.min(side, picture.width());
            int top = random.nextInt(picture.height() - rows + 1);
            int left = random.nextInt(picture.width() - columns + 1);
            picture.fill(top, left, rows, columns, GREY);
        }
    }

    private static int offset(int most, RandomGenerator random) {
        return most == 0 ? 0 : random.nextInt(-most, most + 1);
    }
}
