/**
 * Networks as ONNX files, which other programs and languages run: {@link io.github.backprop4j.onnx.OnnxExport} writes them.
 *
 * <p>A file holds the whole way from images to probabilities. Its graph takes float32 images (N, C, H, W) with values from 0
 * to 255, scales them, passes them through the layers as in prediction, and ends in softmax. Arrays have the names that they
 * have in a model file ({@code conv1.weights}, {@code input.mean}), and the model file's description travels as metadata, so
 * that nothing is lost but dropout, which predicts nothing.
 *
 * <p>The forms of the layers are in {@code LayerExporters}: a new layer gets one entry there, and a test fails without it.
 *
 * <p>Letters: {@code N} images, {@code C} channels, {@code H}×{@code W} the image, {@code K} classes. A shape without N is
 * that of one example.
 *
 * <p>May use: {@code network}, {@code layers}, {@code files}, ND4J with its protobuf classes of ONNX.
 */
package io.github.backprop4j.onnx;
