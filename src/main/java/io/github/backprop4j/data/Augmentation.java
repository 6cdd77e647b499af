package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Ranges;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonValue;

/**
 * Random changes that leave an image's class as it is, so that a network does not see the same image in every epoch.
 *
 * <p>Each is a word with an amount, commonly behind a colon. They are done in this order, whatever that of the words:
 *
 * <ul>
 *   <li>{@code shift:N}, 2 unless given: moved by -N to N pixels down and to the right, each as likely as any other; the
 *       gap is filled by repeating the pixels of the border
 *   <li>{@code reflect:N}, 2 unless given, in the place of shift: the same, but the gap is filled by reflecting the image at
 *       its border, the border itself not repeated; N must be below the height and the width of the images
 *   <li>{@code flip}: mirrored, left to right, with probability 1/2
 *   <li>{@code altflip}, in the place of flip: mirrored in every other epoch, half of the images in those of odd numbers and
 *       the other half in those of even ones; which half an image belongs to depends on the seed and the image alone, so
 *       that two epochs in turn show both of its sides (alternating flip: Jordan, 94% on CIFAR-10 in 3.29 Seconds on a
 *       Single GPU, arXiv 2404.00498, 2024)
 *   <li>{@code crop:N}, 4 unless given, at most 1024: cut in its own size from an image with N black pixels more on each
 *       side, every place as likely as any other
 *   <li>{@code rotate:D}, 15 unless given, at most 180: turned about its centre by -D to D degrees
 *   <li>{@code scale:S}, 0.1 unless given, at most 0.9: enlarged from its centre by a factor of 1 - S to 1 + S, in one go
 *       with the rotation; values between pixels are interpolated linearly, the gap is filled as that of shift
 *   <li>{@code brightness:B}, 0.2 unless given, at most 1: each value v becomes v·f, with f from 1 - B to 1 + B
 *   <li>{@code contrast:C}, 0.2 unless given, at most 1: m + f·(v - m), where m is the mean grey of the image
 *   <li>{@code saturation:S}, 0.2 unless given, at most 1: g + f·(v - g), where g is the grey of the pixel, 0.299 red +
 *       0.587 green + 0.114 blue; images of one channel stay as they are
 *   <li>{@code cutout:N}, 8 unless given, at most 1024: a square of N by N pixels within the image, at most as large as
 *       that, is covered with grey, 128
 * </ul>
 *
 * <p>All that is random is evenly distributed, and values are cut off at 0 and 255. An amount of 0 is the same as no word.
 * {@code shift} with {@code reflect}, and {@code flip} with {@code altflip}, are refused: they would do the same twice.
 */
public final class Augmentation {

    private static final String NOTHING = "none";
    private static final Pattern WORD = Pattern.compile("([a-z]+)(?::(\\d{1,9}(\\.\\d{1,9})?))?");

    /** Leaves the images as they are. */
    public static final Augmentation NONE = new Augmentation(new EnumMap<>(Word.class));

    /** The words, with the amount that each has unless another is given, and the largest. */
    private enum Word {
        FLIP("", 1, 1), ALTFLIP("", 1, 1), SHIFT("PIXELS", 2, 999_999_999), REFLECT("PIXELS", 2, 999_999_999),
        CROP("PIXELS", 4, 1024), ROTATE("DEGREES", 15, 180), SCALE("SHARE", 0.1, 0.9), BRIGHTNESS("SHARE", 0.2, 1),
        CONTRAST("SHARE", 0.2, 1), SATURATION("SHARE", 0.2, 1), CUTOUT("PIXELS", 8, 1024);

        private final String unit;
        private final double usual;
        private final double most;

        Word(String unit, double usual, double most) {
            this.unit = unit;
            this.usual = usual;
            this.most = most;
        }

        static Optional<Word> of(String name) {
            return Arrays.stream(values()).filter(word -> word.text().equals(name)).findFirst();
        }

        /** @throws InvalidInputException if it is not a number that the word takes */
        double amount(String text) {
            if (text == null) {
                return usual;
            }
            double amount = Double.parseDouble(text);
            boolean whole = unit.equals("PIXELS");
            if (unit.isEmpty() || amount > most || whole && amount != Math.rint(amount)) {
                throw new InvalidInputException("augment: " + text() + ":" + text + ", expected "
                        + (unit.isEmpty() ? text() + " alone" : (whole ? "a whole number" : "a number") + " from 0 to "
                                + number(most)));
            }
            return amount;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        String text(double amount) {
            return amount == usual ? text() : text() + ":" + number(amount);
        }

        String usage() {
            return unit.isEmpty() ? text() : text() + "[:" + unit + "]";
        }

        private static String number(double value) {
            return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
        }
    }

    /**
     * When an image is copied, and with which random numbers.
     *
     * @param index of the image among those of the training, from 0
     * @param epoch from 1
     * @param seed of the training, the same in all epochs
     * @param random source of all random numbers but those that {@code altflip} keeps through the epochs; {@link #NONE}
     *     does not use it
     */
    public record Draw(int index, int epoch, long seed, RandomGenerator random) {}

    private final Map<Word, Double> amounts;
    private final int reflect;
    private final List<ImageChange> changes;

    private Augmentation(Map<Word, Double> amounts) {
        amounts.values().removeIf(amount -> amount == 0);
        this.amounts = amounts;
        requireOneOf(Word.FLIP, Word.ALTFLIP, "mirror");
        requireOneOf(Word.SHIFT, Word.REFLECT, "move");
        reflect = (int) amount(Word.REFLECT);
        changes = Stream.<ImageChange>of(
                move(),
                new ImageChange.Crop((int) amount(Word.CROP)),
                new ImageChange.Turn(amount(Word.ROTATE), amount(Word.SCALE)),
                new ImageChange.Light(amount(Word.BRIGHTNESS), amount(Word.CONTRAST), amount(Word.SATURATION)),
                new ImageChange.Cutout((int) amount(Word.CUTOUT)))
                .filter(Predicate.not(ImageChange::isNothing)).toList();
    }

    private void requireOneOf(Word one, Word other, String both) {
        if (amount(one) > 0 && amount(other) > 0) {
            throw new InvalidInputException("augment: " + one.text(amount(one)) + " and " + other.text(amount(other))
                    + " both " + both + " the images, expected one of them");
        }
    }

    private ImageChange move() {
        ImageChange.Mirror mirror = amount(Word.FLIP) > 0 ? ImageChange.Mirror.AT_RANDOM
                : amount(Word.ALTFLIP) > 0 ? ImageChange.Mirror.IN_TURN : ImageChange.Mirror.NEVER;
        return reflect > 0 ? new ImageChange.Move(mirror, reflect, Picture.Border.REFLECTED)
                : new ImageChange.Move(mirror, (int) amount(Word.SHIFT), Picture.Border.REPEATED);
    }

    /**
     * Mirrors and moves.
     *
     * @param flip whether there is the word {@code flip}
     * @param shift the amount of the word {@code shift}
     * @throws InvalidInputException if shift is negative
     */
    public Augmentation(boolean flip, int shift) {
        this(amounts(flip, shift));
    }

    private static Map<Word, Double> amounts(boolean flip, int shift) {
        Map<Word, Double> amounts = new EnumMap<>(Word.class);
        amounts.put(Word.FLIP, flip ? 1.0 : 0);
        amounts.put(Word.SHIFT, (double) Ranges.requireAtLeast(0, "shift", shift));
        return amounts;
    }

    private double amount(Word word) {
        return amounts.getOrDefault(word, 0.0);
    }

    /**
     * Reads a text like {@code flip,shift,rotate:10}.
     *
     * @param text {@code none}, or words with commas between them; of a word that comes twice the last counts
     * @throws InvalidInputException if it has another word, an amount out of range, or two words that do the same
     */
    @JsonCreator
    public static Augmentation parse(String text) {
        if (text.equals(NOTHING)) {
            return NONE;
        }
        Map<Word, Double> amounts = new EnumMap<>(Word.class);
        for (String each : text.split(",", -1)) {
            Matcher matcher = WORD.matcher(each);
            Word word = (matcher.matches() ? Word.of(matcher.group(1)) : Optional.<Word>empty())
                    .orElseThrow(() -> new InvalidInputException("augment: '" + each + "', expected " + usage()));
            amounts.put(word, word.amount(matcher.group(2)));
        }
        return new Augmentation(amounts);
    }

    /** Returns the words that {@link #parse} takes. */
    public static String usage() {
        return Arrays.stream(Word.values()).map(Word::usage).collect(Collectors.joining(", ")) + ", or none";
    }

    /** Returns the text form, which {@link #parse} reads. */
    @JsonValue
    @Override
    public String toString() {
        return amounts.isEmpty() ? NOTHING : amounts.entrySet().stream()
                .map(each -> each.getKey().text(each.getValue())).collect(Collectors.joining(","));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Augmentation augmentation && amounts.equals(augmentation.amounts);
    }

    @Override
    public int hashCode() {
        return amounts.hashCode();
    }

    /**
     * Checks that images are large enough to be changed.
     *
     * @throws InvalidInputException if {@code reflect} would move them by a whole side or more
     */
    void requireFits(Images images) {
        if (reflect >= Math.min(images.height(), images.width())) {
            throw new InvalidInputException("augment: " + Word.REFLECT.text() + ":" + reflect + " with images of "
                    + images.height() + "x" + images.width() + ", expected less than their height and width");
        }
    }

    /**
     * Writes a changed copy of an image. The random numbers are drawn in this order: whether to mirror (flip), the offsets
     * down and to the right of shift or reflect, those of crop, the angle, the factors of scale, brightness, contrast and
     * saturation, top and left of the cutout. A change that is switched off draws none.
     *
     * @param images left unchanged
     * @param draw which image to copy, and its random numbers
     * @param target receives the pixels, 0–255, plane after plane, row by row
     * @param at index in target of the first pixel
     * @throws InvalidInputException if {@code reflect} would move the image by a whole side or more
     */
    public void copy(Images images, Draw draw, float[] target, int at) {
        requireFits(images);
        copy(images, draw.index(), draw(images, draw), target, at);
    }

    /** Draws the random numbers of a copy; the result makes it of the image as it is. */
    Consumer<Picture> draw(Images images, Draw draw) {
        List<Consumer<Picture>> drawn = changes.stream()
                .map(change -> change.draw(draw, images.height(), images.width())).toList();
        return picture -> drawn.forEach(change -> change.accept(picture));
    }

    /** Writes an image and changes it as was drawn. */
    static void copy(Images images, int index, Consumer<Picture> drawn, float[] target, int at) {
        byte[] pixels = images.pixels();
        int first = index * images.size();
        for (int i = 0; i < images.size(); i++) {
            target[at + i] = Byte.toUnsignedInt(pixels[first + i]);
        }
        drawn.accept(new Picture(target, at, images.channels(), images.height(), images.width()));
    }
}
