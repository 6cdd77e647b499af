package io.github.backprop4j.onnx;

import io.github.backprop4j.files.InvalidFileException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import onnx.Onnx.ModelProto;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/** Reads ONNX files, which are protocol buffers. */
final class OnnxFile {

    /** A protocol buffer cannot be larger. */
    private static final long MAX_BYTES = Integer.MAX_VALUE;

    private OnnxFile() {}

    /**
     * Reads a file.
     *
     * @throws InvalidFileException if it is no ONNX file or is cut off
     */
    static ModelProto read(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new InvalidFileException(file, "is no file, expected an ONNX file");
        }
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw new InvalidFileException(file, "has " + size + " bytes, expected at most " + MAX_BYTES);
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            CodedInputStream coded = CodedInputStream.newInstance(in);
            coded.setSizeLimit((int) MAX_BYTES);
            ModelProto model = ModelProto.parseFrom(coded);
            if (!model.hasGraph() || model.getOpsetImportCount() == 0) {
                throw new InvalidFileException(file, "is no ONNX model: it has no graph, or does not say of which opset");
            }
            return model;
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidFileException(file, "is no ONNX model or is damaged (" + e.getMessage() + ")", e);
        }
    }
}
