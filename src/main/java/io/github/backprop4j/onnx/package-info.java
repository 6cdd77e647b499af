/**
 * Networks as ONNX files, which other programs and languages run and write: {@link io.github.backprop4j.onnx.OnnxExport}
 * writes them, {@link io.github.backprop4j.onnx.OnnxImport} reads them, its own ones and those of others, such as PyTorch's.
 *
 * <p>A file that is written here holds the whole way from images to probabilities. Its graph takes float32 images (N, C, H,
 * W) with values from 0 to 255, scales them, passes them through the layers as in prediction, and ends in softmax. Arrays
 * have the names that they have in a model file ({@code conv1.weights}, {@code input.mean}), and the model file's
 * description travels as metadata, so that what predicts nothing, such as dropout, comes back, too. The forms of the layers
 * are in {@code LayerExporters}: a new layer gets one entry there, and a test fails without it.
 *
 * <p>Reading goes step by step: {@code OnnxFile} parses the file; {@code OwnExport} takes a file of ours by its metadata, if
 * they tell the truth; for all others {@code SourceGraph} finds out what each node does, as {@code Operators} has it,
 * {@code Branches} finds the residual blocks, {@code Sequence} makes layers of the rest, and {@code Beginning} the scaling
 * of images. A node without a counterpart is an error that names it.
 *
 * <p>Letters: {@code N} images, {@code C} channels, {@code H}×{@code W} the image, {@code F} filters, {@code D} inputs and
 * {@code M} outputs of a fully connected layer, {@code K} classes. A shape without N is that of one example.
 *
 * <p>May use: {@code network}, {@code layers}, {@code parallel}, {@code files}, ND4J with its protobuf classes of ONNX.
 */
package io.github.backprop4j.onnx;
