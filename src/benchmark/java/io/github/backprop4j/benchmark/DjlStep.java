package io.github.backprop4j.benchmark;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.backprop4j.data.Images;
import java.util.List;

/** DJL's training steps, PyTorch computing. */
final class DjlStep {

    private DjlStep() {}

    /** @param arguments network, images to a step, seconds of warm-up, seconds to measure */
    public static void main(String[] arguments) {
        BenchmarkNetwork network = BenchmarkNetwork.valueOf(arguments[0]);
        int batch = Integer.parseInt(arguments[1]);
        Shapes shapes = Shapes.inBatchesOf(batch);
        Images images = shapes.images();
        int classes = images.classNames().size();
        Shape input = new Shape(batch, images.channels(), images.height(), images.width());
        Loss loss = Loss.softmaxCrossEntropyLoss("loss", 1, -1, false, true);
        TrainingConfig configuration = new DefaultTrainingConfig(loss)
                .optOptimizer(Optimizer.adam().optLearningRateTracker(Tracker.fixed(1e-3f)).build());
        try (Model model = Model.newInstance(network.toString(), "PyTorch")) {
            model.setBlock(network == BenchmarkNetwork.WIDE ? wide(classes) : notebook(classes));
            try (Trainer trainer = model.newTrainer(configuration)) {
                trainer.initialize(input);
                NDManager manager = trainer.getManager();
                List<NDList> batches = shapes.scaled().stream().map(each -> new NDList(
                        manager.create(each.images(), input),
                        manager.create(each.labels(), new Shape(batch, classes)))).toList();

                StepClock clock = new StepClock(Double.parseDouble(arguments[2]), Double.parseDouble(arguments[3]));
                for (int step = 0; clock.isRunning(); step++) {
                    step(trainer, loss, batches.get(step % batches.size()));
                    clock.stepDone();
                }
                System.out.println(Outcome.ofThisProcess(batch / clock.secondsPerStep()).line());
            }
        }
    }

    private static void step(Trainer trainer, Loss loss, NDList batch) {
        // what a step makes belongs to the manager of its input, and goes with it
        try (NDManager manager = trainer.getManager().newSubManager()) {
            batch.tempAttach(manager);
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList logits = trainer.forward(new NDList(batch.get(0)));
                collector.backward(loss.evaluate(new NDList(batch.get(1)), logits));
            }
            trainer.step();
        }
    }

    private static Block notebook(int classes) {
        return new SequentialBlock()
                .add(convolution(10, 5)).add(Activation.reluBlock()).add(pooling())
                .add(convolution(20, 5)).add(Activation.reluBlock()).add(pooling())
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(100).build()).add(Activation.reluBlock())
                .add(Linear.builder().setUnits(classes).build());
    }

    private static Block wide(int classes) {
        SequentialBlock network = new SequentialBlock();
        for (int filters : new int[] {64, 128, 256}) {
            network.add(convolution(filters, 3)).add(BatchNorm.builder().build()).add(Activation.reluBlock()).add(pooling());
        }
        return network.add(Blocks.batchFlattenBlock()).add(Linear.builder().setUnits(classes).build());
    }

    private static Block convolution(int filters, int size) {
        return Conv2d.builder().setKernelShape(new Shape(size, size)).optPadding(new Shape(size / 2, size / 2))
                .setFilters(filters).build();
    }

    private static Block pooling() {
        return Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2));
    }
}
