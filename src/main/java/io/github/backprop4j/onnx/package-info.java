/**
 * Takes networks to where others use them and back, in ONNX's format:
 * {@link io.github.backprop4j.onnx.OnnxImport} reads a network that PyTorch or another library has written.
 *
 * <p>Reading goes from room to room: {@code OnnxFile} parses the file, {@code SourceGraph} finds out what each of its nodes does,
 * one of {@code Operators} each, {@code Branches} finds the residual blocks, {@code Sequence} makes layers of the rest, and
 * {@code Beginning} the scaling of images. A node without a counterpart is an error that names it.
 *
 * <p>May use: {@code network}, {@code layers}, {@code files} and ND4J, which has the classes of ONNX's protocol buffers.
 *
 * <p>Letters: {@code N} batch, {@code C} channels, {@code H W} image, {@code F} filters, {@code D} inputs and {@code M}
 * outputs of a fully connected layer, {@code K} classes, also the kernel of filters (F, C, K, K).
 */
package io.github.backprop4j.onnx;
