package io.github.backprop4j.training;

import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameter;
import io.github.backprop4j.network.Parameters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * How a step moves the parameters of a network against their gradients, part by part, which the sum over slices and every
 * optimizer of ND4J allow.
 *
 * <p>A parameter p moves by {@code f·(s - rate·D·p)}, where s is what the optimizer would move it by, D the weight decay, 0
 * but for weights, and f the factor of its kind. ND4J's own {@code WeightDecay} changes an optimizer's step before it is
 * taken, array by array; engines take it in one go ({@link io.github.backprop4j.network.Functions#move}), and parts do not
 * end where arrays do.
 */
final class ParameterMoves {

    /**
     * Some of the parameters.
     *
     * @param decay D of each; empty if all are 0
     * @param factors f of each; empty if all are 1
     */
    private record Part(INDArray gradient, INDArray parameters, GradientUpdater<?> updater, Optional<INDArray> decay,
            Optional<INDArray> factors) {

        boolean isPlain() {
            return decay.isEmpty() && factors.isEmpty();
        }
    }

    private final Network network;
    private final IUpdater updater;
    private final List<Part> parts;

    /**
     * @param gradients of the network's parameters
     * @param updater used by this training alone
     * @param optimizerState its rows, as long as what is trained, or longer by what was once
     */
    ParameterMoves(Network network, Parameters gradients, TrainingSettings settings, IUpdater updater,
            Map<String, INDArray> optimizerState) {
        this.network = network;
        this.updater = updater;
        Parameters parameters = network.parameters();
        Optional<INDArray> decay = settings.weightDecay() == 0 ? Optional.empty() : Optional.of(
                parameters.trainedRow(kind -> kind == Parameter.Kind.WEIGHTS ? settings.weightDecay() : 0));
        Optional<INDArray> factors = settings.rateFactors().equals(RateFactors.NONE) ? Optional.empty()
                : Optional.of(parameters.trainedRow(settings.rateFactors()::of));
        Parts cut = new Parts(parameters.trained().length());
        List<Part> found = new ArrayList<>();
        for (int i = 0; i < cut.count(); i++) {
            int index = i;
            Map<String, INDArray> stateOfPart = new HashMap<>();
            optimizerState.forEach((name, all) -> stateOfPart.put(name, cut.of(all, index)));
            found.add(new Part(cut.of(gradients.trained(), i), cut.of(parameters.trained(), i),
                    updater.instantiate(stateOfPart, false), decay.map(row -> cut.of(row, index)),
                    factors.map(row -> cut.of(row, index))));
        }
        parts = List.copyOf(found);
    }

    /** Returns how many parts there are. */
    int count() {
        return parts.size();
    }

    /** Returns the gradient of a part, not a copy. */
    INDArray gradient(int index) {
        return parts.get(index).gradient;
    }

    /**
     * Moves a part; its gradient is then of no use.
     *
     * @param step from 0, as is epoch
     */
    void move(int index, int step, int epoch) {
        Part part = parts.get(index);
        if (part.isPlain()) {
            network.functions().move(part.parameters, part.gradient, part.updater, step, epoch);
            return;
        }
        // zeros that are moved are the step alone, without what rounding it into the parameters would lose
        INDArray moved = Nd4j.zeros(part.parameters.dataType(), part.parameters.shape());
        network.functions().move(moved, part.gradient, part.updater, step, epoch);
        part.decay.ifPresent(decay ->
                moved.subi(part.parameters.mul(decay).muli(updater.getLearningRate(step, epoch))));
        part.factors.ifPresent(moved::muli);
        part.parameters.addi(moved);
    }
}
