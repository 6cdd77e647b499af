package io.github.backprop4j.network;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays by name: the parameters of a layer, or their gradients. */
@FunctionalInterface
public interface NamedArrays {

    /**
     * Returns the array itself, not a copy.
     *
     * @param name as the layer's {@link Layer#parameters} have it
     * @throws IllegalArgumentException if there is none of that name
     */
    INDArray get(String name);

    /** Returns the arrays of one layer among these, by the names that they have in it. */
    default NamedArrays in(String layer) {
        return name -> get(layer + "." + name);
    }
}
