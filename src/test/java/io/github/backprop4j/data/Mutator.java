package io.github.backprop4j.data;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages bytes; the same random numbers give the same damage. */
final class Mutator {

    /** Sizes, counts and offsets that readers stumble over. */
    private static final int[] NUMBERS = {-1, 0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x7fff, 0xffff, 0x10000, 0x01000000};

    private final Random random;

    Mutator(Random random) {
        this.random = random;
    }

    /**
     * One to three times: flips bits, overwrites numbers, cuts off, takes out, repeats, or puts in a piece of a file.
     *
     * @param donors files that pieces, their heads in half the cases, are taken from
     */
    byte[] mutate(byte[] bytes, List<byte[]> donors) {
        byte[] mutated = bytes.clone();
        for (int times = 1 + random.nextInt(3); times > 0; times--) {
            mutated = once(mutated, donors.get(random.nextInt(donors.size())));
        }
        return mutated;
    }

    private byte[] once(byte[] bytes, byte[] donor) {
        if (bytes.length == 0) {
            return bytes;
        }
        int at = place(bytes.length);
        int end = Math.min(bytes.length, at + 1 + random.nextInt(random.nextBoolean() ? 8 : 512));
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
                    bytes[place(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
                return bytes;
            }
            case 2 -> {
                bytes[at] = (byte) random.nextInt();
                return bytes;
            }
            case 3 -> {
                return number(bytes, at);
            }
            case 4 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 5 -> {
                return splice(bytes, at, end, new byte[0]);
            }
            case 6 -> {
                return splice(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
            }
            default -> {
                int from = random.nextBoolean() ? 0 : random.nextInt(donor.length);
                byte[] piece = Arrays.copyOfRange(donor, from, Math.min(donor.length, from + 1 + random.nextInt(256)));
                int start = random.nextBoolean() ? 0 : at;
                return splice(bytes, start, Math.min(bytes.length, start + piece.length), piece);
            }
        }
    }

    /** Anywhere, but in half the cases near an end, where headers and directories are. */
    private int place(int length) {
        int near = random.nextInt(Math.min(length, 128));
        return switch (random.nextInt(4)) {
            case 0 -> near;
            case 1 -> length - 1 - near;
            default -> random.nextInt(length);
        };
    }

    private byte[] number(byte[] bytes, int at) {
        int number = NUMBERS[random.nextInt(NUMBERS.length)];
        boolean bigEndian = random.nextBoolean();
        int width = 1 << random.nextInt(3);
        for (int i = 0; i < width && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (number >> 8 * (bigEndian ? width - 1 - i : i));
        }
        return bytes;
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] piece) {
        byte[] spliced = Arrays.copyOf(bytes, bytes.length - (to - from) + piece.length);
        System.arraycopy(piece, 0, spliced, from, piece.length);
        System.arraycopy(bytes, to, spliced, from + piece.length, bytes.length - to);
        return spliced;
    }
}
