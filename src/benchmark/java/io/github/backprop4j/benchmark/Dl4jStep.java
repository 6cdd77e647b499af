package io.github.backprop4j.benchmark;

import io.github.backprop4j.data.Images;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** DL4J's training steps. */
final class Dl4jStep {

    private Dl4jStep() {}

    /** @param arguments images to a step, seconds of warm-up, seconds to measure */
    public static void main(String[] arguments) {
        int batch = Integer.parseInt(arguments[0]);
        Shapes shapes = Shapes.inBatchesOf(batch);
        Images images = shapes.images();
        int classes = images.classNames().size();
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(1).updater(new Adam(1e-3)).weightInit(WeightInit.RELU).list()
                .layer(convolution(10)).layer(pooling())
                .layer(convolution(20)).layer(pooling())
                .layer(new DenseLayer.Builder().nOut(100).activation(Activation.RELU).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).nOut(classes).activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(images.height(), images.width(), images.channels()))
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        List<DataSet> batches = shapes.scaled().stream().map(each -> new DataSet(
                Nd4j.create(each.images(),
                        new long[] {batch, images.channels(), images.height(), images.width()}, 'c'),
                Nd4j.create(each.labels(), new long[] {batch, classes}, 'c'))).toList();

        StepClock clock = new StepClock(Double.parseDouble(arguments[1]), Double.parseDouble(arguments[2]));
        for (int step = 0; clock.isRunning(); step++) {
            network.fit(batches.get(step % batches.size()));
            clock.stepDone();
        }
        System.out.println(Outcome.ofThisProcess(batch / clock.secondsPerStep()).line());
    }

    private static ConvolutionLayer convolution(int filters) {
        return new ConvolutionLayer.Builder(5, 5).padding(2, 2).nOut(filters).activation(Activation.RELU).build();
    }

    private static SubsamplingLayer pooling() {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build();
    }
}
