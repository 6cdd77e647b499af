package io.github.backprop4j.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** All that a {@link TrainingState} is, as values to compare. */
public final class StateDescription {

    private StateDescription() {}

    /** Returns equal lists for equal states. */
    public static List<Object> of(TrainingState state) {
        List<Object> description = new ArrayList<>(arrays(state.network().toArrays()));
        description.add(state.network().architecture());
        description.add(List.of(state.seed(), state.steps(), state.slices(), state.epoch()));
        description.add(state.sums().toString());
        description.add(state.history().toString());
        if (state.optimizerState() != null) {
            description.add(numbers(state.optimizerState()));
        }
        state.slow().ifPresent(slow -> description.addAll(arrays(slow.toArrays())));
        state.best().ifPresent(best -> {
            description.add(List.of(best.epoch(), best.loss()));
            description.addAll(arrays(best.network().toArrays()));
        });
        return description;
    }

    private static List<Object> arrays(Map<String, INDArray> arrays) {
        List<Object> description = new ArrayList<>();
        arrays.forEach((name, array) -> description.add(name + numbers(array)));
        return description;
    }

    private static String numbers(INDArray array) {
        return array.dataType() + Arrays.toString(array.shape())
                + Arrays.toString(array.reshape(array.length()).toDoubleVector());
    }
}
