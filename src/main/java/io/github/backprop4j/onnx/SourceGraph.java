package io.github.backprop4j.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto.Dimension;
import onnx.Onnx.ValueInfoProto;

/**
 * What each node of a graph does, from the images to the scores, in the order of the file.
 *
 * @param input name of the images
 * @param image shape of an image, (C, H, W)
 * @param output name of the scores
 * @param steps by the names of what flows out of them
 */
record SourceGraph(String input, long[] image, String output, Map<String, Step> steps) {

    /** As many as the text of an architecture may have layers. */
    private static final int MAX_NODES = 10_000;
    private static final int LEAST_OPSET = 7;
    /** Newer ones may give operators another meaning. */
    private static final int GREATEST_OPSET = 24;
    /** 32 MB of float32: 1672x1672 pixels of three channels. */
    private static final long MAX_IMAGE = 1 << 23;

    /**
     * Reads a graph.
     *
     * @param settings have the size of images that the file leaves open
     * @throws IllegalArgumentException if it has something that has no counterpart here, or is no graph
     */
    static SourceGraph read(ModelProto model, ImportSettings settings) {
        GraphProto graph = model.getGraph();
        if (graph.getNodeCount() > MAX_NODES || graph.getSparseInitializerCount() > 0) {
            throw new IllegalArgumentException("has " + graph.getNodeCount() + " nodes and "
                    + graph.getSparseInitializerCount() + " sparse arrays, expected at most " + MAX_NODES + " and none");
        }
        Set<String> stored = new HashSet<>();
        graph.getInitializerList().forEach(tensor -> stored.add(tensor.getName()));
        List<ValueInfoProto> inputs = graph.getInputList().stream()
                .filter(each -> !stored.contains(each.getName())).toList();
        if (inputs.size() != 1 || graph.getOutputCount() != 1) {
            throw new IllegalArgumentException("has " + inputs.size() + " inputs and " + graph.getOutputCount()
                    + " outputs, expected one of images and one of scores");
        }
        String input = inputs.get(0).getName();
        String output = graph.getOutput(0).getName();
        List<Dimension> dimensions = dimensions(inputs.get(0));
        Constants constants = new Constants(
                dimensions.get(0).getDimValue() > 0 ? dimensions.get(0).getDimValue() : Constants.BATCH,
                model.getSerializedSize() / Float.BYTES);
        graph.getInitializerList().forEach(tensor -> constants.store(tensor.getName(), tensor));
        long[] image = image(dimensions, settings);
        long opset = opset(model);
        List<Node> nodes = graph.getNodeList().stream().map(node -> new Node(node, opset, constants)).toList();
        requireOrder(nodes, input, constants);
        Map<String, Step> steps = steps(needed(nodes, output), input, new Value(image, image), constants);
        return new SourceGraph(input, image, output, steps);
    }

    private static long opset(ModelProto model) {
        long opset = model.getOpsetImportList().stream()
                .filter(each -> each.getDomain().isEmpty() || each.getDomain().equals("ai.onnx"))
                .mapToLong(OperatorSetIdProto::getVersion).max()
                .orElseThrow(() -> new IllegalArgumentException("uses no opset of ONNX"));
        if (opset < LEAST_OPSET || opset > GREATEST_OPSET) {
            throw new IllegalArgumentException("is of opset " + opset + ", expected " + LEAST_OPSET + " to " + GREATEST_OPSET
                    + "; export it with another opset_version");
        }
        return opset;
    }

    private static List<Dimension> dimensions(ValueInfoProto input) {
        List<Dimension> dimensions = input.getType().getTensorType().getShape().getDimList();
        if (dimensions.size() != 4) {
            throw new IllegalArgumentException("has the input \"" + input.getName() + "\" of " + dimensions.size()
                    + " dimensions, expected images (N, C, H, W)");
        }
        int type = input.getType().getTensorType().getElemType();
        if (type != TensorProto.DataType.FLOAT_VALUE && type != TensorProto.DataType.DOUBLE_VALUE
                && type != TensorProto.DataType.UINT8_VALUE) {
            throw new IllegalArgumentException("has the input \"" + input.getName() + "\" of "
                    + TensorProto.DataType.forNumber(type) + ", expected FLOAT, DOUBLE or UINT8");
        }
        return dimensions;
    }

    private static long[] image(List<Dimension> dimensions, ImportSettings settings) {
        long[] found = dimensions.stream().skip(1).mapToLong(Dimension::getDimValue).toArray();
        long[] asked = {found[0], settings.height(), settings.width()};
        long[] image = found.clone();
        for (int i = 1; i < image.length; i++) {
            if (found[i] == 0 && asked[i] == 0) {
                throw new IllegalArgumentException("leaves the size of its images open; say which it is to be (--size HxW)");
            }
            if (found[i] != 0 && asked[i] != 0 && found[i] != asked[i]) {
                throw new IllegalArgumentException("takes images of " + found[1] + "x" + found[2] + ", but the size is to be"
                        + " " + asked[1] + "x" + asked[2] + "; that is for files that leave it open");
            }
            image[i] = Math.max(found[i], asked[i]);
        }
        if (Arrays.stream(image).anyMatch(size -> size < 1 || size > MAX_IMAGE)
                || image[0] * image[1] > MAX_IMAGE || image[0] * image[1] * image[2] > MAX_IMAGE) {
            throw new IllegalArgumentException("takes images " + Value.text(image) + ", expected known sizes above 0, and at"
                    + " most " + MAX_IMAGE + " numbers");
        }
        return image;
    }

    /** ONNX wants each node behind those that it needs; so there are no circles. */
    private static void requireOrder(List<Node> nodes, String input, Constants constants) {
        Set<String> known = new HashSet<>();
        known.add(input);
        for (Node node : nodes) {
            for (String name : node.inputs()) {
                if (!name.isEmpty() && !known.contains(name) && !constants.has(name)) {
                    throw node.error("gets \"" + name + "\", which no node before it gives");
                }
            }
            for (String name : node.outputs()) {
                if (constants.has(name) || !known.add(name)) {
                    throw node.error("gives \"" + name + "\", which is there already");
                }
            }
        }
    }

    /** Leaves out what the output does not depend on. */
    private static List<Node> needed(List<Node> nodes, String output) {
        Set<String> asked = new HashSet<>();
        asked.add(output);
        List<Node> needed = new ArrayList<>();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            if (node.outputs().stream().anyMatch(asked::contains)) {
                asked.addAll(node.inputs());
                needed.add(node);
            }
        }
        Collections.reverse(needed);
        return needed;
    }

    private static Map<String, Step> steps(List<Node> nodes, String input, Value image, Constants constants) {
        Map<String, Value> values = new LinkedHashMap<>();
        values.put(input, image);
        Map<String, Step> steps = new LinkedHashMap<>();
        for (Node node : nodes) {
            List<String> flowing = node.inputs().stream().filter(values::containsKey).toList();
            if (flowing.isEmpty()) {
                ConstantFolding.fold(node);
                continue;
            }
            if (node.operator().equals("Shape")) {
                ConstantFolding.shape(node, values.get(flowing.get(0)));
                continue;
            }
            Operator.Result result = read(node, flowing, values);
            values.put(node.output(), result.value());
            steps.put(node.output(), new Step(node, result.piece(), flowing, result.value()));
        }
        return steps;
    }

    private static Operator.Result read(Node node, List<String> flowing, Map<String, Value> values) {
        Value x = values.get(flowing.get(0));
        if (Arithmetic.OPERATORS.contains(node.operator())) {
            return flowing.size() == 2 ? Arithmetic.ofBranches(node, x, values.get(flowing.get(1)))
                    : Arithmetic.withConstant(node, node.inputs().indexOf(flowing.get(0)), x);
        }
        if (!node.inputs().get(0).equals(flowing.get(0)) || flowing.size() > 1) {
            // what has no counterpart at all is told first
            Operators.requireSupported(node);
            throw node.error("gets " + flowing + ", expected its first input to flow through it, and constants else");
        }
        return Operators.read(node, x);
    }
}
