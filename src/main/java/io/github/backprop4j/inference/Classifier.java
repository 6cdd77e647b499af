package io.github.backprop4j.inference;

import io.github.backprop4j.data.ImageFile;
import io.github.backprop4j.data.ImageReading;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Slices;
import io.github.backprop4j.parallel.Workers;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tells what is on an image of any size, as the classes of a trained network with their probabilities. The image is
 * scaled to the size of the network's images, and cut or stretched as they were for its training ({@link ModelImages}).
 *
 * <pre>{@code
 * Classifier classifier = Classifier.load(Path.of("model.npz"));
 * Classifier.Ranked best = classifier.classify(Path.of("image.png")).get(0);
 * }</pre>
 *
 * <p>The network is asked about as many views of an image as its training was told ({@link Views#ofModel}) unless others are
 * given; each view costs a pass.
 *
 * <p>One classifier serves any number of threads at once; the answers do not depend on it.
 */
public final class Classifier {

    /**
     * A class with its probability.
     *
     * @param className as the network names it
     * @param probability in [0, 1]; those of all classes add up to 1
     */
    public record Ranked(String className, double probability) {}

    /**
     * What came of a file.
     *
     * @param file as it was given
     * @param ranked all classes, the most likely first; none if there is a problem
     * @param problem why there is no answer: the file is missing, may not be read, is no image or is damaged
     */
    public record Answer(Path file, List<Ranked> ranked, Optional<IOException> problem) {}

    private final Network network;
    private final Views views;
    private final ImageReading reading;

    private Classifier(Network network, Views views) {
        this.network = network;
        this.views = views.requireFits(network.architecture());
        reading = ModelImages.reading(network);
    }

    /**
     * Returns a classifier that asks a network, which must not be trained meanwhile.
     *
     * @throws InvalidInputException if the network's images have neither 1 nor 3 channels
     */
    public static Classifier of(Network network) {
        return of(network, Views.ofModel(network));
    }

    /**
     * Returns a classifier that asks a network about some views of each image; see {@link #of(Network)}.
     *
     * @throws InvalidInputException if the network's images are too small for the views, too
     */
    public static Classifier of(Network network, Views views) {
        return new Classifier(network, views);
    }

    /**
     * Reads the model that {@code train} or {@link Network#save} wrote.
     *
     * @throws InvalidFileException if the file is no model or is damaged
     * @throws IOException if it cannot be read
     */
    public static Classifier load(Path model) throws IOException {
        return of(Network.load(model));
    }

    /**
     * Reads a model, to ask it about some views of each image; see {@link #load(Path)}.
     *
     * @throws InvalidInputException if the network's images are too small for the views
     * @throws IOException as {@link #load(Path)}
     */
    public static Classifier load(Path model, Views views) throws IOException {
        return of(Network.load(model), views);
    }

    /** Returns the network that it asks. */
    public Network network() {
        return network;
    }

    /** Returns how many views of an image it asks about. */
    public Views views() {
        return views;
    }

    /**
     * Classifies the image in a file.
     *
     * @return all classes, the most likely first; of equally likely ones, in the network's order
     * @throws InvalidFileException if the file is missing, is no image of a format that {@link ImageFile} reads, or is
     *     damaged
     * @throws IOException if it cannot be read
     * @throws OutputNotFiniteException if the network's output is NaN or infinite
     */
    public List<Ranked> classify(Path image) throws IOException {
        return rank(ImageFile.read(image, reading));
    }

    /**
     * Classifies the image in the bytes of a file; see {@link #classify(Path)}.
     *
     * @throws InvalidInputException if they are no image or a damaged one
     */
    public List<Ranked> classify(byte[] image) {
        try {
            return classify(new ByteArrayInputStream(image));
        } catch (IOException e) {
            throw new AssertionError("memory can be read", e);
        }
    }

    /**
     * Classifies the image in a stream, as a file holds it; see {@link #classify(Path)}.
     *
     * @param image is left open, at its end or before it
     * @throws InvalidInputException if it holds no image or a damaged one
     * @throws IOException if it cannot be read
     */
    public List<Ranked> classify(InputStream image) throws IOException {
        return rank(ImageFile.read(image, reading));
    }

    /** Classifies an image in memory; see {@link #classify(Path)}. */
    public List<Ranked> classify(BufferedImage image) {
        return rank(ImageFile.scale(image, reading));
    }

    /**
     * Classifies many files, read and computed on several threads.
     *
     * @param workers run them
     * @param take is given the answers one at a time, in the order of the files
     * @throws OutputNotFiniteException if the network's output for one is NaN or infinite
     */
    public void classify(List<Path> images, Workers workers, Consumer<Answer> take) {
        Slices slices = Slices.full(images.size());
        workers.run(slices.count(), index -> answers(images.subList(slices.from(index), slices.to(index))),
                answers -> answers.forEach(take));
    }

    private List<Answer> answers(List<Path> images) {
        List<byte[]> pixels = new ArrayList<>();
        List<Optional<IOException>> problems = new ArrayList<>();
        for (Path image : images) {
            try {
                pixels.add(ImageFile.read(image, reading));
                problems.add(Optional.empty());
            } catch (InvalidFileException | AccessDeniedException e) {
                problems.add(Optional.of(e));
            } catch (IOException e) {
                problems.add(Optional.of(new IOException(image + ": " + e.getMessage(), e)));
            }
        }
        INDArray probabilities = pixels.isEmpty() ? null : probabilities(pixels);
        List<Answer> answers = new ArrayList<>();
        int row = 0;
        for (int i = 0; i < images.size(); i++) {
            List<Ranked> ranked = problems.get(i).isEmpty() ? ranked(probabilities.getRow(row++)) : List.of();
            answers.add(new Answer(images.get(i), ranked, problems.get(i)));
        }
        return answers;
    }

    private List<Ranked> rank(byte[] pixels) {
        return ranked(probabilities(List.of(pixels)).getRow(0));
    }

    private INDArray probabilities(List<byte[]> images) {
        int size = images.get(0).length;
        float[] numbers = new float[Math.multiplyExact(images.size(), size)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Byte.toUnsignedInt(images.get(i / size)[i % size]);
        }
        return views.probabilities(network, numbers, 0, images.size());
    }

    private List<Ranked> ranked(INDArray probabilities) {
        double[] each = probabilities.castTo(DataType.DOUBLE).toDoubleVector();
        if (!Arrays.stream(each).allMatch(Double::isFinite)) {
            throw new OutputNotFiniteException();
        }
        List<String> names = network.architecture().classNames();
        return IntStream.range(0, each.length).mapToObj(k -> new Ranked(names.get(k), each[k]))
                .sorted(Comparator.comparingDouble(Ranked::probability).reversed()).toList();
    }
}
