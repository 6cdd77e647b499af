package io.github.backprop4j.data;

import io.github.backprop4j.data.Picture.Border;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** A random change of an image. Of what is switched off, by an amount of 0, no random number is drawn. */
sealed interface ImageChange {

    /** Returns whether it leaves every image as it is. */
    boolean isNothing();

    /**
     * Draws random numbers.
     *
     * @param height of the image, in pixels
     * @param width of the image, in pixels
     * @return changes an image of that size by them; the values stay within 0–255
     */
    Consumer<Picture> draw(Augmentation.Draw draw, int height, int width);

    /** Which images are mirrored. */
    enum Mirror {
        /** None. */
        NEVER {
            @Override
            boolean applies(Augmentation.Draw draw) {
                return false;
            }
        },
        /** Each with probability 1/2, whatever was before. Draws one number. */
        AT_RANDOM {
            @Override
            boolean applies(Augmentation.Draw draw) {
                return draw.random().nextBoolean();
            }
        },
        /** Each with probability 1/2 in the first epoch, and from then on if it was not in the one before. Draws none. */
        IN_TURN {
            @Override
            boolean applies(Augmentation.Draw draw) {
                SplittableRandom coin = Seeds.at(draw.seed(), COINS, draw.index());
                return coin.nextBoolean() ^ draw.epoch() % 2 == 0;
            }
        };

        /** A place that is neither an epoch nor a step, so that the coins have nothing to do with what is drawn there. */
        private static final long COINS = 0xF11BL << 48;

        abstract boolean applies(Augmentation.Draw draw);
    }

    /** Moves the image over its own border, then mirrors it. Draws: mirror or not, offset down, to the right. */
    record Move(Mirror mirror, int most, Border border) implements ImageChange {

        @Override
        public boolean isNothing() {
            return mirror == Mirror.NEVER && most == 0;
        }

        @Override
        public Consumer<Picture> draw(Augmentation.Draw draw, int height, int width) {
            boolean mirrored = mirror.applies(draw);
            int down = offset(most, draw.random());
            int right = offset(most, draw.random());
            return picture -> {
                if (mirrored || down != 0 || right != 0) {
                    int[] columns = border.moved(right, width);
                    picture.take(border.moved(down, height), mirrored ? Picture.mirrored(columns) : columns);
                }
            };
        }
    }

    /** Cuts the image from one with a black margin around. Draws: offset down, to the right. */
    record Crop(int margin) implements ImageChange {

        @Override
        public boolean isNothing() {
            return margin == 0;
        }

        @Override
        public Consumer<Picture> draw(Augmentation.Draw draw, int height, int width) {
            int down = offset(margin, draw.random());
            int right = offset(margin, draw.random());
            return picture -> {
                if (down != 0 || right != 0) {
                    picture.take(Border.BLACK.moved(down, height), Border.BLACK.moved(right, width));
                }
            };
        }
    }

    /** Turns and enlarges the image about its centre. Draws: degrees, factor. */
    record Turn(double degrees, double scale) implements ImageChange {

        @Override
        public boolean isNothing() {
            return degrees == 0 && scale == 0;
        }

        @Override
        public Consumer<Picture> draw(Augmentation.Draw draw, int height, int width) {
            RandomGenerator random = draw.random();
            double angle = degrees == 0 ? 0 : random.nextDouble(-degrees, degrees);
            double factor = scale == 0 ? 1 : random.nextDouble(1 - scale, 1 + scale);
            return picture -> picture.turn(angle, factor);
        }
    }

    /** Changes the light in which the image was taken, by one factor after the other, as their order here. */
    record Light(double brightness, double contrast, double saturation) implements ImageChange {

        @Override
        public boolean isNothing() {
            return brightness == 0 && contrast == 0 && saturation == 0;
        }

        @Override
        public Consumer<Picture> draw(Augmentation.Draw draw, int height, int width) {
            float brighter = factor(brightness, draw.random());
            float sharper = factor(contrast, draw.random());
            float stronger = factor(saturation, draw.random());
            return picture -> {
                if (brightness > 0) {
                    picture.brighten(brighter);
                }
                if (contrast > 0) {
                    picture.contrast(sharper);
                }
                if (saturation > 0) {
                    picture.saturate(stronger);
                }
            };
        }

        private static float factor(double most, RandomGenerator random) {
            return most == 0 ? 1 : (float) random.nextDouble(1 - most, 1 + most);
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
        public Consumer<Picture> draw(Augmentation.Draw draw, int height, int width) {
            int rows = Math.min(side, height);
            int columns = Math.min(side, width);
            int top = draw.random().nextInt(height - rows + 1);
            int left = draw.random().nextInt(width - columns + 1);
            return picture -> picture.fill(top, left, rows, columns, GREY);
        }
    }

    private static int offset(int most, RandomGenerator random) {
        return most == 0 ? 0 : random.nextInt(-most, most + 1);
    }
}
