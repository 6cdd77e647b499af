package io.github.backprop4j.training;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.files.Npz;
import io.github.backprop4j.network.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * A {@link TrainingState} as a file: the npz file of its network, with the optimizer's numbers as {@code
 * training.optimizer}, the parameters of the best network with {@code best.} before their names, those of the slow copy of a
 * {@link Lookahead} with {@code training.slow.}, and {@code training.state}, the rest as UTF-8 JSON in bytes.
 */
final class Checkpoint {

    private static final int VERSION = 2;
    private static final long MAX_BYTES = 16L << 30;
    private static final String BEST = "best.";
    private static final String OPTIMIZER = "training.optimizer";
    private static final String SLOW = "training.slow.";
    private static final String STATE = "training.state";
    /** In version 1, which had no field for it. */
    private static final String OLDER = "training.counts";

    /** What a state holds beside its arrays. */
    private record Fields(int version, long seed, Origin origin, long steps, long slices, int epoch, EpochSums sums,
            List<EpochMetrics> history, BestFields best) {}

    private record BestFields(int epoch, double loss) {}

    private Checkpoint() {}

    static void write(TrainingState state, Path file) throws IOException {
        Map<String, INDArray> arrays = new LinkedHashMap<>(state.network().toArrays());
        if (state.optimizerState() != null) {
            arrays.put(OPTIMIZER, state.optimizerState());
        }
        arrays.put(STATE, Json.array(Json.tree(new Fields(VERSION, state.seed(),
                state.origin().orElse(null), state.steps(), state.slices(),
                state.epoch(), state.sums(), state.history(),
                state.best().map(best -> new BestFields(best.epoch(), best.loss())).orElse(null)))));
        state.slow().ifPresent(slow -> putParameters(SLOW, slow, arrays));
        state.best().ifPresent(best -> putParameters(BEST, best.network(), arrays));
        Npz.write(file, arrays);
    }

    private static void putParameters(String prefix, Network network, Map<String, INDArray> arrays) {
        network.parameters().names().forEach(name -> arrays.put(prefix + name, network.parameters().get(name)));
    }

    /** @throws InvalidFileException if the file is no checkpoint, is damaged, or is of another version */
    static TrainingState read(Path file) throws IOException {
        Map<String, INDArray> arrays = Npz.read(file, MAX_BYTES);
        Network network = Network.ofArrays(file, arrays);
        if (arrays.containsKey(OLDER)) {
            throw new InvalidFileException(file, "is a checkpoint of version 1, expected " + VERSION
                    + "; go on with the backprop4j that wrote it, or train anew");
        }
        requireKnown(file, network, arrays.keySet());
        try {
            Fields fields = fields(arrays);
            INDArray optimizer = arrays.get(OPTIMIZER);
            if (optimizer != null && (optimizer.dataType() != network.parameters().dataType()
                    || optimizer.rank() != 2 || optimizer.size(0) != 1)) {
                throw new IllegalArgumentException("its array " + OPTIMIZER + " is " + optimizer.dataType() + " "
                        + Arrays.toString(optimizer.shape()) + ", expected " + network.parameters().dataType()
                        + " [1, numbers]");
            }
            Optional<TrainingState.Best> best = fields.best == null ? Optional.empty()
                    : Optional.of(new TrainingState.Best(fields.best.epoch, fields.best.loss,
                            Network.ofArrays(file, arrays(BEST, network, arrays))));
            boolean hasSlow = arrays.keySet().stream().anyMatch(name -> name.startsWith(SLOW));
            Optional<Network> slow = hasSlow
                    ? Optional.of(Network.ofArrays(file, arrays(SLOW, network, arrays))) : Optional.empty();
            return new TrainingState(network, fields.seed, Optional.ofNullable(fields.origin), optimizer, slow,
                    fields.steps, fields.slices, fields.epoch, fields.sums, fields.history, best);
        } catch (IllegalArgumentException e) {
            throw new InvalidFileException(file, "is no checkpoint: " + e.getMessage(), e);
        }
    }

    private static Fields fields(Map<String, INDArray> arrays) {
        INDArray array = arrays.get(STATE);
        if (array == null || array.dataType() != DataType.UINT8) {
            throw new IllegalArgumentException("it has no array " + STATE + " of uint8");
        }
        JsonNode json = Json.parse(STATE, array);
        if (json.path("version").asInt() != VERSION) {
            throw new IllegalArgumentException("its version is " + json.path("version") + ", expected " + VERSION
                    + "; it may be from another backprop4j");
        }
        Fields fields = Json.value(STATE, json, Fields.class);
        if (fields.sums == null || fields.history == null || fields.history.contains(null) || fields.epoch < 1
                || fields.steps < 0 || fields.slices < 0 || fields.sums.batches() < 0 || fields.sums.examples() < 0) {
            throw new IllegalArgumentException(STATE + " lacks sums or history, or counts below 0");
        }
        if (fields.best == null && arrays.keySet().stream().anyMatch(name -> name.startsWith(BEST))) {
            throw new IllegalArgumentException("it has arrays of a best network, but " + STATE + " has no best epoch");
        }
        return fields;
    }

    /** Older files have no checksum over their names, and an array with a damaged one would be missed in silence. */
    private static void requireKnown(Path file, Network network, Set<String> names) throws InvalidFileException {
        Set<String> known = new HashSet<>(network.toArrays().keySet());
        network.parameters().names().forEach(name -> known.addAll(List.of(BEST + name, SLOW + name)));
        known.addAll(List.of(OPTIMIZER, STATE));
        for (String name : names) {
            if (!known.contains(name)) {
                throw new InvalidFileException(file, "is no checkpoint: it holds the array " + name
                        + ", expected those of its network and of a training only");
            }
        }
    }

    /** Returns the arrays of a network, its parameters being those with a prefix before their names. */
    private static Map<String, INDArray> arrays(String prefix, Network network, Map<String, INDArray> arrays) {
        Map<String, INDArray> found = new LinkedHashMap<>(arrays);
        for (String name : network.parameters().names()) {
            if (!arrays.containsKey(prefix + name)) {
                throw new IllegalArgumentException("has no array " + prefix + name);
            }
            found.put(name, arrays.get(prefix + name));
        }
        return found;
    }
}
