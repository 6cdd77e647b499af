package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidInputException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Ten kinds of shapes on 32×32 colour images, drawn by a seeded generator: data to try things on without a file or a
 * network.
 *
 * <p>The place, size, direction, colour and stripes of a shape are random, and so are colour and stripes of the
 * background and of the blots on it. No single pixel tells anything about the class: a linear classifier hardly beats
 * guessing, while a small convolutional network gets nearly all images right. The images are the same on every machine
 * and JDK, and image i is the same however many are drawn.
 */
public final class DrawnShapes {

    /** The name of each label, in the order of the labels; the images take the classes in turn. */
    public static final List<String> CLASS_NAMES = List.of(
            "disc", "ring", "square", "frame", "triangle", "cross", "star", "crescent", "bar", "pair");

    /** How many images {@link #training()} has. */
    public static final int TRAINING_COUNT = 10_000;

    /** How many images {@link #test} has. */
    public static final int TEST_COUNT = 2_000;

    private static final int SIDE = 32;
    private static final int CHANNELS = 3;
    private static final double MAX_TURN = 0.3;
    private static final int BLOTS = 3;
    private static final double NOISE = 8;
    private static final double CONTRAST = 170;
    private static final double STRIPES = 25;

    private DrawnShapes() {}

    /**
     * Draws the first images for training.
     *
     * @param count number of images, from 1 to {@link #TRAINING_COUNT}
     * @return images (count, 3, 32, 32)
     * @throws InvalidInputException if count is out of that range
     */
    public static Images training(int count) {
        if (count < 1 || count > TRAINING_COUNT) {
            throw new InvalidInputException(
                    "examples: " + count + ", expected 1 to the " + TRAINING_COUNT + " drawn shapes");
        }
        return draw(0, count);
    }

    /** Draws all images for training. */
    public static Images training() {
        return training(TRAINING_COUNT);
    }

    /** Draws the images to test with, none of which is among those for training. */
    public static Images test() {
        return draw(TRAINING_COUNT, TEST_COUNT);
    }

    private static Images draw(int first, int count) {
        byte[] pixels = new byte[count * CHANNELS * SIDE * SIDE];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) ((first + i) % CLASS_NAMES.size());
            // neighbouring seeds begin alike, so they are spread over all longs
            Random random = new Random((first + i) * 0x9E3779B97F4A7C15L);
            drawImage(labels[i], random, pixels, i * CHANNELS * SIDE * SIDE);
        }
        return new Images(CHANNELS, SIDE, SIDE, CLASS_NAMES, pixels, labels);
    }

    private static void drawImage(int kind, Random random, byte[] pixels, int at) {
        Shape shape = Shape.anywhere(kind, 9.5 + 3 * random.nextDouble(), random);
        double[] shapeColour = colour(random);
        double[] groundColour = colour(random);
        while (distance(shapeColour, groundColour) < CONTRAST) {
            shapeColour = colour(random);
            groundColour = colour(random);
        }
        // from the top to the bottom
        List<Layer> layers = Stream.concat(
                Stream.of(new Layer(shape, Texture.of(shapeColour, random))),
                Stream.generate(() -> new Layer(
                                Shape.anywhere(0, 1 + 2 * random.nextDouble(), random),
                                Texture.of(colour(random), random)))
                        .limit(BLOTS)).toList();
        Texture ground = Texture.of(groundColour, random);
        double[] pixel = new double[CHANNELS];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                ground.cover(pixel, 1, x, y);
                for (int l = layers.size() - 1; l >= 0; l--) {
                    layers.get(l).texture.cover(pixel, layers.get(l).shape.coverage(x, y), x, y);
                }
                for (int c = 0; c < CHANNELS; c++) {
                    long value = Math.round(pixel[c] + NOISE * random.nextGaussian());
                    pixels[at + (c * SIDE + y) * SIDE + x] = (byte) Math.max(0, Math.min(255, value));
                }
            }
        }
    }

    private static double[] colour(Random random) {
        return new double[] {255 * random.nextDouble(), 255 * random.nextDouble(), 255 * random.nextDouble()};
    }

    private static double distance(double[] a, double[] b) {
        return Math.sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]));
    }

    private record Layer(Shape shape, Texture texture) {}

    /** Stripes about a colour: {@code colour[c] + swing[c]·sin(fx·x + fy·y + phase)}. */
    private record Texture(double[] colour, double[] swing, double fx, double fy, double phase) {

        static Texture of(double[] colour, Random random) {
            double[] swing = new double[CHANNELS];
            for (int c = 0; c < CHANNELS; c++) {
                swing[c] = STRIPES * (2 * random.nextDouble() - 1);
            }
            double direction = Math.PI * random.nextDouble();
            double frequency = 0.4 + random.nextDouble();
            return new Texture(colour, swing, frequency * StrictMath.cos(direction),
                    frequency * StrictMath.sin(direction), 2 * Math.PI * random.nextDouble());
        }

        /** Covers a share of a pixel with the texture. */
        void cover(double[] pixel, double share, int x, int y) {
            if (share > 0) {
                double wave = StrictMath.sin(fx * x + fy * y + phase);
                for (int c = 0; c < CHANNELS; c++) {
                    pixel[c] += share * (colour[c] + swing[c] * wave - pixel[c]);
                }
            }
        }
    }

    /** A kind of shape inside the circle of a radius about (cx, cy), turned by an angle. */
    private record Shape(int kind, double cx, double cy, double radius, double cosine, double sine) {

        /** Places a shape at random, all of it on the image. */
        static Shape anywhere(int kind, double radius, Random random) {
            double turn = MAX_TURN * (2 * random.nextDouble() - 1);
            double room = SIDE - 2 * radius;
            return new Shape(kind, radius + room * random.nextDouble(), radius + room * random.nextDouble(), radius,
                    StrictMath.cos(turn), StrictMath.sin(turn));
        }

        /** Estimates how much of a pixel the shape covers, from 0 to 1, by four samples. */
        double coverage(int x, int y) {
            int covered = 0;
            for (int sample = 0; sample < 4; sample++) {
                covered += covers(x + 0.25 + 0.5 * (sample & 1), y + 0.25 + 0.5 * (sample >> 1)) ? 1 : 0;
            }
            return covered / 4.0;
        }

        private boolean covers(double x, double y) {
            double dx = (x - cx) / radius;
            double dy = (y - cy) / radius;
            double square = dx * dx + dy * dy;
            return square < 1 && contains(cosine * dx + sine * dy, cosine * dy - sine * dx, square);
        }

        /** Tells whether (u, v) lies in the unturned shape of radius 1 about the origin, the y axis pointing down. */
        private boolean contains(double u, double v, double square) {
            double far = Math.max(Math.abs(u), Math.abs(v));
            double near = Math.min(Math.abs(u), Math.abs(v));
            return switch (CLASS_NAMES.get(kind)) {
                case "disc" -> square < 0.64;
                case "ring" -> square > 0.3 && square < 0.9;
                case "square" -> far < 0.7;
                case "frame" -> far > 0.4 && far < 0.7;
                case "triangle" -> v < 0.5 && Math.abs(u) * Math.sqrt(3) < v + 1;
                case "cross" -> near < 0.25;
                case "star" -> isInPentagram(u, v);
                case "crescent" -> square < 0.8 && (u - 0.5) * (u - 0.5) + v * v > 0.56;
                case "bar" -> Math.abs(v) < 0.28;
                case "pair" -> (Math.abs(u) - 0.55) * (Math.abs(u) - 0.55) + v * v < 0.16;
                default -> throw new AssertionError(kind);
            };
        }

        /** Tells whether a point is on the inner side of at least four of the five lines, and so in the pentagram. */
        private static boolean isInPentagram(double u, double v) {
            int inner = 0;
            for (int line = 0; line < 5; line++) {
                double angle = 2 * Math.PI * line / 5;
                inner += u * StrictMath.sin(angle) - v * StrictMath.cos(angle) < 0.38 ? 1 : 0;
            }
            return inner >= 4;
        }
    }
}
