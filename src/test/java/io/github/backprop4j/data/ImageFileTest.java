package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFileTest {

    @TempDir
    private Path folder;

    @Test
    void readsAPngOfItsOwnSizeUnchanged() throws IOException {
        BufferedImage image = noise(5, 4, 1);
        byte[] pixels = ImageFile.read(write(image, "png"), 3, 4, 5);
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 5; x++) {
                int rgb = image.getRGB(x, y);
                assertEquals((byte) (rgb >> 16), pixels[y * 5 + x]);
                assertEquals((byte) (rgb >> 8), pixels[20 + y * 5 + x]);
                assertEquals((byte) rgb, pixels[40 + y * 5 + x]);
            }
        }
    }

    @Test
    void weighsTheColoursForGrey() throws IOException {
        Path file = write(plain(new Color(200, 100, 50), 3, 3), "png");
        assertEquals(124, ImageFile.read(file, 1, 1, 1)[0]);    // 0.299·200 + 0.587·100 + 0.114·50 = 124.2
    }

    /** The decoder's own conversion to RGB would make 188 of a grey of 128. */
    @ParameterizedTest
    @ValueSource(ints = {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY})
    void takesGreyAsItIs(int type) throws IOException {
        BufferedImage image = new BufferedImage(2, 2, type);
        int white = type == BufferedImage.TYPE_BYTE_GRAY ? 255 : 65535;
        image.getRaster().setPixels(0, 0, 2, 2, new int[] {0, white * 128 / 255, white * 200 / 255, white});
        byte[] grey = {0, (byte) 128, (byte) 200, (byte) 255};
        Path file = write(image, "png");
        assertArrayEquals(grey, ImageFile.read(file, 1, 2, 2));
        byte[] colour = ImageFile.read(file, 3, 2, 2);
        assertArrayEquals(grey, Arrays.copyOfRange(colour, 4, 8));
    }

    @Test
    void readsPalettes() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED);
        image.setRGB(1, 0, 0xffff0000);
        assertArrayEquals(new byte[] {0, -1, 0, 0, 0, 0}, ImageFile.read(write(image, "png"), 3, 1, 2));
    }

    @Test
    void laysTransparencyOverWhite() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00123456);
        image.setRGB(1, 0, 0x80ff0000);
        byte[] pixels = ImageFile.read(write(image, "png"), 3, 1, 2);
        assertArrayEquals(new byte[] {-1, -1, -1, 127, -1, 127}, pixels);
    }

    @Test
    void readsJpeg() throws IOException {
        byte[] pixels = ImageFile.read(write(plain(new Color(200, 100, 50), 40, 40), "jpg"), 3, 2, 2);
        int[] expected = {200, 200, 200, 200, 100, 100, 100, 100, 50, 50, 50, 50};
        for (int i = 0; i < 12; i++) {
            assertEquals(expected[i], Byte.toUnsignedInt(pixels[i]), 3, "pixel " + i);
        }
        BufferedImage grey = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
        Arrays.fill(((java.awt.image.DataBufferByte) grey.getRaster().getDataBuffer()).getData(), (byte) 77);
        assertEquals(77, ImageFile.read(write(grey, "jpg"), 1, 1, 1)[0], 2);
    }

    /** Of 6×2 the middle 2×2 is kept, of 2×6 likewise. */
    @ParameterizedTest
    @CsvSource({"6, 2", "2, 6"})
    void cutsOutTheMiddle(int width, int height) throws IOException {
        BufferedImage image = plain(Color.BLACK, width, height);
        for (int i = 0; i < 4; i++) {
            image.setRGB(width / 2 - 1 + i % 2, height / 2 - 1 + i / 2, 0x010101 * (10 + i));
        }
        assertArrayEquals(new byte[] {10, 11, 12, 13}, ImageFile.read(write(image, "png"), 1, 2, 2));
    }

    @Test
    void averagesBoxes() throws IOException {
        BufferedImage image = noise(12, 6, 2);
        byte[] pixels = ImageFile.read(write(image, "png"), 3, 2, 4);
        for (int y = 0; y < 2; y++) {
            for (int x = 0; x < 4; x++) {
                int sum = 0;
                for (int i = 0; i < 9; i++) {
                    sum += image.getRGB(3 * x + i % 3, 3 * y + i / 3) & 255;
                }
                assertEquals((byte) Math.round(sum / 9.0), pixels[2 * 8 + y * 4 + x]);
            }
        }
    }

    @Test
    void takesTheNearestPixelsWhenEnlarging() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setPixels(0, 0, 2, 1, new int[] {10, 20});
        assertArrayEquals(new byte[] {10, 10, 10, 20, 20, 20, 10, 10, 10, 20, 20, 20},
                ImageFile.read(write(image, "png"), 1, 2, 6));
    }

    /** 100 megapixels of three bytes would not fit in what is allowed here; each quarter has a grey of its own. */
    @Test
    void readsHugeImagesInLittleMemory() throws IOException {
        Path file = folder.resolve("huge.png");
        writePng(file, 10_000, 10_000, 10_000, 20, 30, 40, 50);
        assertArrayEquals(new byte[] {20, 30, 40, 50}, ImageFile.read(file, 1, 2, 2));
        assertEquals(new ImageSize(10_000, 10_000), ImageFile.size(file));
    }

    @Test
    void refusesMoreThanAHundredMegapixelsBeforeDecoding() throws IOException {
        Path file = folder.resolve("bomb.png");
        writePng(file, 10_001, 10_000, 0, 0, 0, 0, 0);
        assertProblem(file, "has 100010000 pixels, expected at most 100000000");
        writePng(file, Integer.MAX_VALUE, Integer.MAX_VALUE, 0, 0, 0, 0, 0);
        assertProblem(file, "has 4611686014132420609 pixels, expected at most 100000000");
    }

    @Test
    void saysWhatIsNoImage() throws IOException {
        Path text = Files.writeString(folder.resolve("text.png"), "no image");
        assertProblem(text, "is no image, expected PNG, JPEG, GIF, BMP or WebP");
        assertProblem(Files.write(folder.resolve("empty.jpg"), new byte[0]), "is no image, expected PNG, JPEG, GIF, BMP or WebP");
        assertProblem(Files.writeString(folder.resolve("image.pbm"), "P1 1 1 0"), "is no image, expected PNG, JPEG, GIF, BMP or WebP");
        assertProblem(folder.resolve("nowhere.png"), "no such file");
        assertProblem(folder, "is no file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gif", "bmp"})
    void readsGifAndBmp(String format) throws IOException {
        // of GIFs with fewer rows the JDK loses every other one when it writes them interlaced, its default
        BufferedImage image = plain(Color.RED, 4, 8);
        image.setRGB(3, 7, 0xff00ff00);
        Path file = write(image, format);
        byte[] expected = new byte[32];
        Arrays.fill(expected, 0, 31, (byte) -1);
        assertArrayEquals(expected, Arrays.copyOf(ImageFile.read(file, 3, 8, 4), 32));
        assertEquals(new ImageSize(8, 4), ImageFile.size(file));
    }

    /**
     * By libwebp from 20×9 pixels of red 10·x, green 20·y, blue 100; in the lossless one the right half is transparent. The
     * lossy one has one colour for four pixels; libwebp's own dwebp, which blends them, is up to 11 away from the original.
     */
    @ParameterizedTest
    @CsvSource({"lossy, 20", "lossless, 0"})
    void readsWebP(String name, int tolerance) throws IOException {
        Path file = Files.write(folder.resolve(name + ".webp"), webP(name));
        assertEquals(new ImageSize(9, 20), ImageFile.size(file));
        byte[] pixels = ImageFile.read(file, 3, 9, 20);
        for (int at = 0; at < 9 * 20; at++) {
            boolean transparent = name.equals("lossless") && at % 20 >= 10;
            int[] colours = {10 * (at % 20), 20 * (at / 20), 100};
            for (int c = 0; c < 3; c++) {
                assertEquals(transparent ? 255 : colours[c], Byte.toUnsignedInt(pixels[c * 9 * 20 + at]), tolerance, "at " + at);
            }
        }
    }

    /** A header of a lossless WebP alone. */
    @Test
    void refusesWebPOfMoreThan25Megapixels() throws IOException {
        byte[] bytes = webP("lossless");
        int sides = (5001 - 1) | (5000 - 1) << 14;
        for (int i = 0; i < 4; i++) {
            bytes[21 + i] = (byte) (sides >> 8 * i);
        }
        assertProblem(Files.write(folder.resolve("bomb.webp"), bytes), "has 25005000 pixels, expected at most 25000000");
    }

    /** The decoder takes what is missing for zeros, and would go on to the last of the pixels that are claimed. */
    @Test
    void aWebPThatEndsTooEarlyIsDamaged() throws IOException {
        byte[] bytes = webP("lossless");
        for (int length : new int[] {bytes.length - 20, bytes.length / 2}) {
            Path file = Files.write(folder.resolve("cut.webp"), Arrays.copyOf(bytes, length));
            String message = assertThrows(InvalidFileException.class, () -> ImageFile.read(file, 3, 9, 20)).getMessage();
            assertTrue(message.startsWith(file + ": is damaged ("), message);
        }
    }

    static byte[] webP(String name) throws IOException {
        try (InputStream in = ImageFileTest.class.getResourceAsStream("/images/" + name + ".webp")) {
            return in.readAllBytes();
        }
    }

    /**
     * EXIF's eight orientations of an F, as its letters are stored; seen upright it is always the same. From the EXIF
     * standard, tag 0x0112: where the 0th row and the 0th column of the file are seen.
     */
    @ParameterizedTest
    @CsvSource({"1, ##/#./#.", "2, ##/.#/.#", "3, .#/.#/##", "4, #./#./##", "5, ###/#..", "6, #../###", "7, ..#/###",
        "8, ###/..#"})
    void turnsPhotosUpright(int orientation, String stored) throws IOException {
        String[] rows = stored.split("/");
        BufferedImage image = new BufferedImage(16 * rows[0].length(), 16 * rows.length, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        for (int y = 0; y < rows.length; y++) {
            for (int x = 0; x < rows[0].length(); x++) {
                if (rows[y].charAt(x) == '.') {
                    graphics.fillRect(16 * x, 16 * y, 16, 16);
                }
            }
        }
        graphics.dispose();
        Path file = withOrientation(write(image, "jpg"), orientation);
        assertEquals(new ImageSize(48, 32), ImageFile.size(file));
        assertArrayEquals(new int[] {0, 0, 0, 1, 0, 1}, bits(ImageFile.read(file, 1, 3, 2)));
        assertArrayEquals(new int[] {0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1}, bits(ImageFile.read(file, 3, 3, 2)));
        assertArrayEquals(new int[] {0, 1}, bits(ImageFile.read(file, 1, 1, 2)), "the middle row");
    }

    @Test
    void damagedExifDoesNotMatter() throws IOException {
        for (int orientation : new int[] {0, 9, 65535}) {
            Path file = withOrientation(write(plain(Color.WHITE, 16, 8), "jpg"), orientation);
            assertEquals(new ImageSize(8, 16), ImageFile.size(file));
        }
        Path file = withOrientation(write(plain(Color.WHITE, 16, 8), "jpg"), 6);
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 16, 30, (byte) -1);
        assertEquals(new ImageSize(8, 16), ImageFile.size(Files.write(file, bytes)));
    }

    /** An entry of two thousand million letters, in a file of a few hundred bytes. */
    @Test
    void exifThatPromisesMoreThanItHasTakesNoMemory() throws IOException {
        for (int type : new int[] {1, 2, 3, 4}) {
            Path file = withOrientation(write(plain(Color.WHITE, 16, 8), "jpg"), 6);
            byte[] bytes = Files.readAllBytes(file);
            ByteBuffer.wrap(bytes).putShort(24, (short) type).putInt(26, Integer.MAX_VALUE);
            assertEquals(new ImageSize(8, 16), ImageFile.size(Files.write(file, bytes)));
        }
    }

    /** Half of what is white is seen as white, over white, however the image keeps it. */
    @Test
    void transparencyIsTheSameWhetherMultipliedInOrNot() {
        BufferedImage plain = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
        plain.setRGB(0, 0, 0x80ff0000);
        plain.setRGB(1, 0, 0xff204060);
        plain.setRGB(2, 0, 0x00123456);
        BufferedImage multiplied = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB_PRE);
        multiplied.getGraphics().drawImage(plain, 0, 0, null);
        ImageReading reading = ImageReading.of(3, 1, 3, Fit.CROP);
        byte[] expected = {-1, 0x20, -1, 127, 0x40, -1, 127, 0x60, -1};
        assertArrayEquals(expected, ImageFile.scale(plain, reading));
        assertArrayEquals(expected, ImageFile.scale(multiplied, reading));
    }

    private static int[] bits(byte[] grey) {
        return IntStream.range(0, grey.length).map(i -> Byte.toUnsignedInt(grey[i]) / 128).toArray();
    }

    /** Puts EXIF with that one entry behind the beginning of a JPEG. */
    static Path withOrientation(Path jpeg, int orientation) throws IOException {
        byte[] bytes = Files.readAllBytes(jpeg);
        byte[] exif = ByteBuffer.allocate(36).putShort((short) 0xffe1).putShort((short) 34)
                .put("Exif\0\0MM\0*".getBytes(StandardCharsets.US_ASCII)).putInt(8).putShort((short) 1)
                .putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation).putShort((short) 0)
                .putInt(0).array();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, 2);
        out.writeBytes(exif);
        out.write(bytes, 2, bytes.length - 2);
        return Files.write(jpeg, out.toByteArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg"})
    void saysWhenAFileIsCutOff(String format) throws IOException {
        Path whole = write(noise(64, 64, 3), format);
        byte[] bytes = Files.readAllBytes(whole);
        for (int length : new int[] {bytes.length / 2, bytes.length - 200, 30}) {
            Path cut = Files.write(folder.resolve("cut." + format), Arrays.copyOf(bytes, length));
            assertTrue(assertThrows(InvalidFileException.class, () -> ImageFile.read(cut, 3, 8, 8), "at " + length)
                    .getMessage().startsWith(cut + ": is damaged ("));
        }
    }

    /** Whatever the bytes are, either they decode or one line tells that they do not. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "gif", "bmp"})
    void survivesDamage(String format) throws IOException {
        byte[] bytes = Files.readAllBytes(write(noise(20, 20, 4), format));
        Random random = new Random(5);
        for (int trial = 0; trial < 300; trial++) {
            byte[] damaged = bytes.clone();
            for (int i = 0; i < 3; i++) {
                damaged[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            Path file = Files.write(folder.resolve("damaged." + format), damaged);
            try {
                assertEquals(3 * 8 * 8, ImageFile.read(file, 3, 8, 8).length);
            } catch (InvalidFileException e) {
                assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
            }
        }
    }

    @Test
    void refusesCmyk() throws IOException {
        Path file = Files.write(folder.resolve("cmyk.jpg"), cmykHeader());
        assertProblem(file, "has colours that are not supported, expected grey or RGB; convert it");
    }

    /** A scan may be a few bytes and is work for all pixels: 256 of them over 100 megapixels, 600 KB, took 29 seconds. */
    @Test
    void refusesAJpegOfMoreScansThanPhotosHave() throws IOException {
        byte[] ten = progressive(noise(40, 30, 5));
        assertEquals(3 * 8 * 8, ImageFile.read(Files.write(folder.resolve("ten.jpg"), ten), 3, 8, 8).length);

        Path many = Files.write(folder.resolve("many.jpg"), withScans(ten, 256, 2000, 1000));
        assertProblem(many, "is a JPEG of 2000000 pixels in 256 scans, expected at most 300000000 in all scans together;"
                + " save it with fewer scans, not progressive");
        assertEquals(new ImageSize(2000, 1000), ImageFile.size(many));
        assertProblem(Files.write(folder.resolve("large.jpg"), withScans(ten, 10, 9990, 9990)),
                "is a JPEG of 99800100 pixels in 10 scans, expected at most 300000000 in all scans together;"
                        + " save it with fewer scans, not progressive");
        assertProblem(Files.write(folder.resolve("wide.jpg"), withScans(ten, 3, 9990, 9990)),
                "is a JPEG of 99800100 pixels in 3 scans, which takes 299400300 bytes to decode, expected at most 218103808;"
                        + " save it with one scan, not progressive");
        assertEquals(new ImageSize(5000, 6000),
                ImageFile.size(Files.write(folder.resolve("photo.jpg"), withScans(ten, 10, 5000, 6000))));
        Path hidden = Files.write(folder.resolve("hidden.jpg"), withPadding(withScans(ten, 256, 2000, 1000)));
        assertProblem(hidden, "is a JPEG of 2000000 pixels in 256 scans, expected at most 300000000 in all scans together;"
                + " save it with fewer scans, not progressive");
    }

    /** Each of these took minutes while another size was believed, or pixels alone were counted. */
    @Test
    void refusesManyScansWhateverElseIsInTheJpeg() throws IOException {
        byte[] ten = progressive(noise(40, 30, 5));
        byte[] many = withScans(ten, 256, 2000, 1000);
        byte[] end = {-1, (byte) 0xd9};
        byte[] otherFrame = {-1, (byte) 0xc0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0};
        byte[] tables = {-1, (byte) 0xd8, -1, (byte) 0xd9};
        byte[] arithmetic = many.clone();
        arithmetic[marker(arithmetic, 0xc2) + 1] = (byte) 0xca;
        for (byte[] hidden : List.of(concat(Arrays.copyOf(many, many.length - 2), otherFrame, end), concat(tables, many),
                concat(tables, tables, many), arithmetic)) {
            assertProblem(Files.write(folder.resolve("hidden.jpg"), hidden), "is a JPEG of 2000000 pixels in 256 scans,"
                    + " expected at most 300000000 in all scans together; save it with fewer scans, not progressive");
        }
        assertProblem(Files.write(folder.resolve("thin.jpg"), withScans(ten, 18, 65500, 1)),
                "is a JPEG of 65500 pixels in 18 scans, expected at most 300000000 in all scans together, where a row counts"
                        + " as 256; save it with fewer scans, not progressive");
        assertProblem(Files.write(folder.resolve("small.jpg"), withScans(ten, 501, 8, 8)),
                "is a JPEG of more than 500 scans; save it with fewer scans, not progressive");
        assertEquals(3 * 8 * 8,
                ImageFile.read(Files.write(folder.resolve("most.jpg"), withScans(ten, 500, 8, 8)), 3, 8, 8).length);
    }

    @Test
    void aJpegBehindTablesIsReadAsIfTheyWereNot() throws IOException {
        byte[] ten = progressive(noise(40, 30, 5));
        byte[] tables = concat(new byte[] {-1, (byte) 0xd8}, Arrays.copyOfRange(ten, marker(ten, 0xdb), marker(ten, 0xc2)),
                new byte[] {-1, (byte) 0xd9});
        assertArrayEquals(ImageFile.read(Files.write(folder.resolve("plain.jpg"), ten), 3, 8, 8),
                ImageFile.read(Files.write(folder.resolve("behind.jpg"), concat(tables, ten)), 3, 8, 8));
    }

    @Test
    void aJpegOfOneScanIsToldAboutItsPixels() throws IOException {
        byte[] jpeg = Files.readAllBytes(write(noise(16, 16, 5), "jpg"));
        ByteBuffer.wrap(jpeg, marker(jpeg, 0xc0) + 5, 4).putShort((short) 20_000).putShort((short) 16_000);
        assertProblem(Files.write(folder.resolve("large.jpg"), jpeg), "has 320000000 pixels, expected at most 100000000");
    }

    /** Against the greatest factor of all colours each way, which one colour alone need not have. */
    @Test
    void countsTheCoefficientsAsTheDecoderDoes() throws IOException {
        byte[] halved = progressive(noise(40, 30, 5));
        int factors = marker(halved, 0xc2) + 11;
        byte[] crossed = halved.clone();
        crossed[factors] = 0x41;
        crossed[factors + 3] = 0x14;
        assertEquals(40 * 30 * 3 / 2, scans(halved).coefficients());
        assertEquals(40 * 30 * (4 + 4 + 1) / 16, scans(crossed).coefficients());
    }

    private static JpegScans scans(byte[] jpeg) throws IOException {
        return JpegScans.of(new MemoryCacheImageInputStream(new ByteArrayInputStream(jpeg)));
    }

    private static int marker(byte[] jpeg, int code) {
        return IntStream.range(0, jpeg.length - 1).filter(at -> jpeg[at] == -1 && jpeg[at + 1] == (byte) code)
                .findFirst().orElseThrow();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List.of(parts).forEach(out::writeBytes);
        return out.toByteArray();
    }

    private static byte[] progressive(BufferedImage image) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ImageOutputStream encoded = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(encoded);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    /** Gives a progressive JPEG another size in its header, and leaves out its last scans or repeats the last. */
    private static byte[] withScans(byte[] jpeg, int count, int height, int width) {
        byte[] bytes = jpeg.clone();
        List<Integer> scans = IntStream.range(0, bytes.length - 1)
                .filter(at -> bytes[at] == -1 && bytes[at + 1] == (byte) 0xda).boxed().toList();
        ByteBuffer.wrap(bytes, marker(bytes, 0xc2) + 5, 4).putShort((short) height).putShort((short) width);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int last = scans.get(scans.size() - 1);
        out.write(bytes, 0, count < scans.size() ? scans.get(count) : bytes.length - 2);
        for (int i = scans.size(); i < count; i++) {
            out.write(bytes, last, bytes.length - 2 - last);
        }
        out.write(bytes, bytes.length - 2, 2);
        return out.toByteArray();
    }

    /** Puts more of the bytes with which markers begin before each scan, which decoders read over. */
    private static byte[] withPadding(byte[] jpeg) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < jpeg.length; at++) {
            if (jpeg[at] == -1 && at + 1 < jpeg.length && jpeg[at + 1] == (byte) 0xda) {
                out.write(at % 3 + 1);
                out.write(-1);
                out.write(-1);
            }
            out.write(jpeg[at]);
        }
        return out.toByteArray();
    }

    @Test
    void refusesSizesThatAreNone() throws IOException {
        Path file = write(plain(Color.RED, 3, 3), "png");
        assertEquals("image size: 4x2x2, expected 1 or 3 channels and sides of at least 1",
                assertThrows(InvalidInputException.class, () -> ImageFile.read(file, 4, 2, 2)).getMessage());
        assertEquals("image size: 3x0x2, expected 1 or 3 channels and sides of at least 1",
                assertThrows(InvalidInputException.class, () -> ImageFile.read(file, 3, 0, 2)).getMessage());
    }

    private static void assertProblem(Path file, String message) {
        assertEquals(file + ": " + message,
                assertThrows(InvalidFileException.class, () -> ImageFile.read(file, 3, 2, 2)).getMessage());
    }

    static BufferedImage noise(int width, int height, long seed) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(seed);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, random.nextInt());
        }
        return image;
    }

    static BufferedImage plain(Color colour, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(colour);
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        return image;
    }

    private Path write(BufferedImage image, String format) throws IOException {
        Path file = folder.resolve("image." + format);
        assertTrue(ImageIO.write(image, format, file.toFile()));
        return file;
    }

    /** Writes a grey PNG with a header of any size and some rows, whose quarters have one value each, row by row. */
    private static void writePng(Path file, int width, int height, int rows, int... quarters) throws IOException {
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            out.write(new byte[] {(byte) 137, 'P', 'N', 'G', '\r', '\n', 26, '\n'});
            ByteArrayOutputStream header = new ByteArrayOutputStream();
            DataOutputStream fields = new DataOutputStream(header);
            fields.writeInt(width);
            fields.writeInt(height);
            fields.write(new byte[] {8, 0, 0, 0, 0});
            chunk(out, "IHDR", header.toByteArray());
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            try (OutputStream deflated = new DeflaterOutputStream(data, new Deflater(1))) {
                byte[] row = new byte[rows == 0 ? 0 : width + 1];
                for (int y = 0; y < rows; y++) {
                    int half = y < height / 2 ? 0 : 2;
                    Arrays.fill(row, 1, 1 + width / 2, (byte) quarters[half]);
                    Arrays.fill(row, 1 + width / 2, width + 1, (byte) quarters[half + 1]);
                    deflated.write(row);
                }
            }
            chunk(out, "IDAT", data.toByteArray());
            chunk(out, "IEND", new byte[0]);
        }
    }

    private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(type.getBytes(StandardCharsets.US_ASCII));
        crc.update(data);
        out.writeInt(data.length);
        out.writeBytes(type);
        out.write(data);
        out.writeInt((int) crc.getValue());
    }

    /** The markers of a JPEG of four components, which Adobe's marker calls CMYK, and no data. */
    private static byte[] cmykHeader() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xd8});
        out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0});
        out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xdb, 0, 67, 0});
        byte[] table = new byte[64];
        Arrays.fill(table, (byte) 1);
        out.writeBytes(table);
        out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xc0, 0, 20, 8, 0, 8, 0, 8, 4,
            1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0});
        for (byte kind : new byte[] {0x00, 0x10}) {
            out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xc4, 0, 20, kind, 1});
            out.writeBytes(new byte[16]);
        }
        out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xda, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0, 0});
        out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xd9});
        return out.toByteArray();
    }
}
