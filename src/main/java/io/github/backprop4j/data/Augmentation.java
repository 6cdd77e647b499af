package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Ranges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.random.RandomGenerator;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonValue;

/**
 * Random changes that leave an image's class as it is, so that a network does not see the same image in every epoch.
 *
 * @param flip whether an image is mirrored, left to right, with probability 1/2
 * @param shift the most pixels by which an image is moved, up or down and left or right; each offset from -shift to shift
 *     is as likely as any other, and the gap that a move leaves is filled by repeating the pixels of the border
 */
public record Augmentation(boolean flip, int shift) {

    /** Leaves the images as they are. */
    public static final Augmentation NONE = new Augmentation(false, 0);

    private static final String NOTHING = "none";
    /** How far the word {@code shift} moves. */
    private static final int SHIFT = 2;
    private static final Pattern SHIFTED = Pattern.compile("shift(?::(\\d{1,9}))?");

    /** @throws InvalidInputException if shift is negative */
    public Augmentation {
        Ranges.requireAtLeast(0, "shift", shift);
    }

    /**
     * Reads a text like {@code flip,shift}.
     *
     * @param text {@code none}, or words with commas between them: {@code flip}; {@code shift}, by up to 2 pixels, or
     *     {@code shift:N} by up to N
     * @throws InvalidInputException if it has another word
     */
    @JsonCreator
    public static Augmentation parse(String text) {
        if (text.equals(NOTHING)) {
            return NONE;
        }
        boolean flip = false;
        int shift = 0;
        for (String word : text.split(",", -1)) {
            Matcher shifted = SHIFTED.matcher(word);
            if (word.equals("flip")) {
                flip = true;
            } else if (shifted.matches()) {
                shift = shifted.group(1) == null ? SHIFT : Integer.parseInt(shifted.group(1));
            } else {
                throw new InvalidInputException(
                        "augmentation: '" + word + "', expected flip, shift or shift:PIXELS, or none");
            }
        }
        return new Augmentation(flip, shift);
    }

    /** Returns the text form, which {@link #parse} reads. */
    @JsonValue
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        if (flip) {
            words.add("flip");
        }
        if (shift > 0) {
            words.add(shift == SHIFT ? "shift" : "shift:" + shift);
        }
        return words.isEmpty() ? NOTHING : String.join(",", words);
    }

    /**
     * Writes a changed copy of an image. The random numbers are drawn in this order: whether to mirror, the offset
     * down, the offset to the right. A change that is switched off draws none.
     *
     * @param images left unchanged
     * @param index of the image to copy, from 0
     * @param random source of the random numbers; {@link #NONE} does not use it
     * @param target receives the pixels, 0–255, plane after plane, row by row
     * @param at index in target of the first pixel
     */
    public void copy(Images images, int index, RandomGenerator random, float[] target, int at) {
        boolean mirror = flip && random.nextBoolean();
        int down = shift == 0 ? 0 : random.nextInt(-shift, shift + 1);
        int right = shift == 0 ? 0 : random.nextInt(-shift, shift + 1);

        byte[] pixels = images.pixels();
        int height = images.height();
        int width = images.width();
        int first = index * images.size();
        for (int plane = 0; plane < images.channels(); plane++) {
            int planeStart = first + plane * height * width;
            for (int y = 0; y < height; y++) {
                int sourceRow = planeStart + Math.max(0, Math.min(height - 1, y - down)) * width;
                int targetRow = at + planeStart - first + y * width;
                copyRow(pixels, sourceRow, target, targetRow, width, right);
                if (mirror) {
                    reverse(target, targetRow, width);
                }
            }
        }
    }

    private static void copyRow(byte[] pixels, int from, float[] target, int to, int width, int right) {
        int begin = Math.max(0, Math.min(width, right));
        int end = Math.max(0, Math.min(width, width + right));
        if (begin > 0) {
            Arrays.fill(target, to, to + begin, Byte.toUnsignedInt(pixels[from]));
        }
        for (int x = begin; x < end; x++) {
            target[to + x] = Byte.toUnsignedInt(pixels[from + x - right]);
        }
        if (end < width) {
            Arrays.fill(target, to + end, to + width, Byte.toUnsignedInt(pixels[from + width - 1]));
        }
    }

    private static void reverse(float[] target, int from, int width) {
        for (int left = from, right = from + width - 1; left < right; left++, right--) {
            float value = target[left];
            target[left] = target[right];
            target[right] = value;
        }
    }
}
