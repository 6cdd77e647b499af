package io.github.backprop4j.network;

import io.github.backprop4j.onednn.OneDnnActivation;
import io.github.backprop4j.onednn.OneDnnAdam;
import io.github.backprop4j.onednn.OneDnnBatchNormalization;
import io.github.backprop4j.onednn.OneDnnChannelSum;
import io.github.backprop4j.onednn.OneDnnConvolution;
import io.github.backprop4j.onednn.OneDnnFullyConnected;
import io.github.backprop4j.onednn.OneDnnPooling;
import io.github.backprop4j.onednn.OneDnnScaling;
import io.github.backprop4j.onednn.OneDnnSum;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;

/**
 * The functions of {@code onednn}, of float32 arrays.
 *
 * @param precision of the convolutions' operands
 */
record OneDnnFunctions(Precision precision) implements Functions {

    @Override
    public Functions inFloat32() {
        return precision == Precision.FLOAT32 ? this : new OneDnnFunctions(Precision.FLOAT32);
    }

    @Override
    public WeightedPass convolution(INDArray x, INDArray weights, INDArray bias, int stride, int padding) {
        OneDnnConvolution.Forward forward = OneDnnConvolution.forward(
                x, weights, bias, stride, padding, precision == Precision.BF16);
        return new WeightedPass(forward.out(), (dOut, dWeights, dBias, needsInput) ->
                OneDnnConvolution.backward(dOut, forward.cache(), dWeights, dBias, needsInput));
    }

    @Override
    public WeightedPass fullyConnected(INDArray x, INDArray weights, INDArray bias) {
        OneDnnFullyConnected.Forward forward = OneDnnFullyConnected.forward(x, weights, bias);
        return new WeightedPass(forward.out(), (dOut, dWeights, dBias, needsInput) -> {
            INDArray dx = OneDnnFullyConnected.backward(dOut, forward.cache(), dWeights, dBias, needsInput);
            return needsInput ? dx.reshape('c', x.shape()) : null;
        });
    }

    @Override
    public NormalizedPass batchNormalization(INDArray x, INDArray scale, INDArray shift, double epsilon) {
        OneDnnBatchNormalization.Forward forward = OneDnnBatchNormalization.forward(x, scale, shift, epsilon);
        return new NormalizedPass(forward.out(), forward.mean(), forward.variance(), (dOut, dScale, dShift) ->
                OneDnnBatchNormalization.backward(dOut, forward.cache(), dScale, dShift));
    }

    @Override
    public INDArray batchNormalization(
            INDArray x, INDArray scale, INDArray shift, INDArray mean, INDArray variance, double epsilon) {
        return OneDnnBatchNormalization.predict(x, scale, shift, mean, variance, epsilon);
    }

    @Override
    public Pass maxPooling(INDArray x, int size, int stride) {
        return pass(OneDnnPooling.max(x, size, stride));
    }

    @Override
    public Pass averagePooling(INDArray x, int size, int stride) {
        return pass(OneDnnPooling.average(x, size, stride));
    }

    @Override
    public Pass globalAveragePooling(INDArray x) {
        return global(x, OneDnnPooling.globalAverage(x));
    }

    @Override
    public Pass globalMaxPooling(INDArray x) {
        return global(x, OneDnnPooling.globalMax(x));
    }

    private static Pass global(INDArray x, OneDnnPooling.Forward forward) {
        return new Pass(forward.out().reshape('c', x.size(0), x.size(1)), dOut ->
                OneDnnPooling.backward(dOut.reshape('c', x.size(0), x.size(1), 1, 1), forward.cache()));
    }

    @Override
    public Pass relu(INDArray x) {
        return pass(OneDnnActivation.relu(x));
    }

    @Override
    public Pass leakyRelu(INDArray x, double slope) {
        return pass(OneDnnActivation.leakyRelu(x, slope));
    }

    @Override
    public Pass gelu(INDArray x) {
        return pass(OneDnnActivation.gelu(x));
    }

    @Override
    public INDArray scaled(INDArray x, INDArray mean, double factor) {
        return OneDnnScaling.of(x, mean, factor);
    }

    @Override
    public INDArray multiplied(INDArray x, double factor) {
        return OneDnnScaling.of(x, factor);
    }

    @Override
    public void sumChannels(INDArray x, INDArray sums) {
        OneDnnChannelSum.of(x, sums);
    }

    @Override
    public INDArray sum(INDArray a, INDArray b) {
        return OneDnnSum.of(a, b);
    }

    @Override
    public void move(INDArray parameters, INDArray gradient, GradientUpdater<?> updater, int step, int epoch) {
        if (updater instanceof AdamUpdater adam) {
            Adam its = adam.getConfig();
            OneDnnAdam.move(parameters, gradient, adam.getM(), adam.getV(),
                    new OneDnnAdam.Coefficients(its.getBeta1(), its.getBeta2(), its.getEpsilon()),
                    its.getLearningRate(step, epoch), step + 1L);
        } else {
            Functions.super.move(parameters, gradient, updater, step, epoch);
        }
    }

    private static Pass pass(OneDnnPooling.Forward forward) {
        return new Pass(forward.out(), dOut -> OneDnnPooling.backward(dOut, forward.cache()));
    }

    private static Pass pass(OneDnnActivation.Forward forward) {
        return new Pass(forward.out(), dOut -> OneDnnActivation.backward(dOut, forward.cache()));
    }
}
