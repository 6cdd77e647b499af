package io.github.backprop4j.cli;

import io.github.backprop4j.data.Cifar10;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.files.Npz;
import io.github.backprop4j.files.Ranges;
import io.github.backprop4j.notebook.Hyperparameters;
import io.github.backprop4j.notebook.NumpyRandom;
import io.github.backprop4j.notebook.TrainingLoop;
import io.github.backprop4j.parallel.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Runs the notebook: {@link TrainingLoop} with its settings as options. */
@Command(
        name = "notebook",
        description = {"Runs the NumPy notebook in Java, digit for digit: gradient descent in float64 on one batch, the"
                + " first examples of the data. Prints the loss of each iteration.", ""},
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class NotebookCommand implements Callable<Integer> {

    private static final Hyperparameters NOTEBOOK = Hyperparameters.NOTEBOOK;

    private final Console console;

    @Option(names = "--data", paramLabel = "NAME|DIR", converter = PathArgument.Text.class,
            description = "shapes, which are drawn and need no file; cifar10, which data fetch gets; or a directory of"
                    + " the CIFAR-10 binary files or of their folder cifar-10-batches-bin.")
    private String data = Datasets.SHAPES;

    @Option(names = "--examples", paramLabel = "N", description = "Train on the first N images.")
    private int examples = 1000;

    @Option(names = "--iterations", paramLabel = "N", description = "Iterations of the training loop.")
    private int iterations = 1;

    @Option(names = "--learning-rate", paramLabel = "RATE",
            description = "Step along the gradient, which is a sum over the examples: the notebook's own rate, 1,"
                    + " diverges on its 1000 images; 0.001 learns.")
    private double learningRate = NOTEBOOK.learningRate();

    @Option(names = "--penalty", paramLabel = "L2", description = "L2 penalty of the weights.")
    private double penalty = NOTEBOOK.penalty();

    @Option(names = "--keep-probability", paramLabel = "P",
            description = "Probability that a weight of layers 6 and 7 takes part in an iteration; in (0, 1].")
    private double keepProbability = NOTEBOOK.keepProbability();

    @Option(names = "--seed", paramLabel = "S",
            description = "Seed as of np.random.seed, 0 to 4294967295. Without it one is chosen, and printed on standard"
                    + " error.")
    private Long seed;

    @Option(names = "--depths", paramLabel = "N,N", converter = Depths.Converter.class,
            description = "Filters of layers 2 and 4.")
    private Depths depths = new Depths(NOTEBOOK.depth2(), NOTEBOOK.depth4());

    @Option(names = "--kernel", paramLabel = "N", description = "Side of the filters, in pixels.")
    private int kernel = NOTEBOOK.kernelSize();

    @Option(names = "--stride", paramLabel = "N", description = "Stride of the filters.")
    private int stride = NOTEBOOK.stride();

    @Option(names = "--padding", paramLabel = "N", description = "Zero pixels around the input of the filters.")
    private int padding = NOTEBOOK.padding();

    @Option(names = "--pool", paramLabel = "N", description = "Side of the pooling windows, in pixels.")
    private int pool = NOTEBOOK.poolSize();

    @Option(names = "--pool-stride", paramLabel = "N", description = "Stride of the pooling windows.")
    private int poolStride = NOTEBOOK.poolStride();

    @Option(names = "--pool-padding", paramLabel = "N",
            description = "How far pooling windows reach over the border; nothing beyond it is ever the maximum.")
    private int poolPadding = NOTEBOOK.poolPadding();

    @Option(names = "--hidden", paramLabel = "N", description = "Outputs of layer 6.")
    private int hidden = NOTEBOOK.hidden();

    @Mixin
    private final ThreadsOption threads = new ThreadsOption();

    @Option(names = "--save", paramLabel = "FILE.npz",
            description = "Write the parameters W2 W4 W6 W7 b2 b4 b6 b7 after the last iteration, for numpy.load.")
    private Path save;

    private record Depths(int layer2, int layer4) {

        static final class Converter implements ITypeConverter<Depths> {
            @Override
            public Depths convert(String text) {
                String[] numbers = text.split(",", -1);
                try {
                    if (numbers.length == 2) {
                        return new Depths(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
                    }
                } catch (NumberFormatException e) {
                    // said below
                }
                throw new TypeConversionException("'" + text + "', expected two whole numbers like 10,20");
            }
        }

        @Override
        public String toString() {
            return layer2 + "," + layer4;
        }
    }

    NotebookCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        threads.tellIfFewer(console);
        Ranges.requireAtLeast(0, "--iterations", iterations);
        if (save != null) {
            AtomicFile.requireWritable(save);
        }
        Hyperparameters hyperparameters = new Hyperparameters(depths.layer2, depths.layer4, kernel, stride, padding,
                pool, poolStride, poolPadding, hidden, learningRate, penalty, keepProbability);
        Images images = data.equals(Datasets.SHAPES)
                ? DrawnShapes.training(examples)
                : Cifar10.readTraining(Datasets.directory(data), examples);
        boolean seedGiven = seed != null;
        long numpySeed = seedGiven ? seed : ThreadLocalRandom.current().nextLong(NumpyRandom.MAX_SEED + 1);
        try (Workers workers = threads.workers()) {
            TrainingLoop loop = new TrainingLoop(hyperparameters, images, numpySeed, workers);
            if (!seedGiven) {
                console.tell("seed " + numpySeed);
            }
            run(loop, 2L * images.count());
        }
        return 0;
    }

    private void run(TrainingLoop loop, long passes) throws IOException {
        for (int iteration = 0; iteration < iterations; iteration++) {
            double loss;
            try (Progress progress = new Progress(console, "Iteration " + iteration, "passes", passes)) {
                loss = loop.iterate(progress::advance);
            }
            console.print("Iteration " + iteration + " loss " + asPython(loss));
        }
        if (save != null) {
            Npz.write(save, loop.parameters());
        }
    }

    /** A double that reads back to the same bits, with Python's names for what is no number. */
    private static String asPython(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        return Double.isInfinite(value) ? value > 0 ? "inf" : "-inf" : Double.toString(value);
    }
}
