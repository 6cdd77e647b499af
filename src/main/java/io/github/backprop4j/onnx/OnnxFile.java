package io.github.backprop4j.onnx;

import io.github.backprop4j.files.InvalidFileException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import onnx.Onnx.ModelProto;
import onnx.Onnx.TensorProto;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.nd4j.shade.protobuf.Descriptors.Descriptor;
import org.nd4j.shade.protobuf.Descriptors.FieldDescriptor;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;
import org.nd4j.shade.protobuf.WireFormat;

/**
 * Reads ONNX files, which are protocol buffers. Empty messages take two bytes in a file and a hundred in memory; so before a
 * file is parsed it is read through for how much there is beside the numbers of arrays.
 */
final class OnnxFile {

    /** A protocol buffer cannot be larger. */
    private static final long MAX_BYTES = Integer.MAX_VALUE;

    /** What graphs of twenty thousand nodes have. */
    private static final int MAX_FIELDS = 1_000_000;

    /** Of names, attributes, metadata. */
    private static final long MAX_BESIDE_ARRAYS = 16 << 20;

    /** As deep as the parser goes. */
    private static final int MAX_DEPTH = 100;

    /** Fields of an array that take as much memory as they take of the file. */
    private static final Set<Integer> NUMBERS = Set.of(TensorProto.FLOAT_DATA_FIELD_NUMBER,
            TensorProto.RAW_DATA_FIELD_NUMBER, TensorProto.DOUBLE_DATA_FIELD_NUMBER);

    /** What files in zip format begin with. */
    private static final byte[] ZIP = {'P', 'K', 3, 4};

    private final CodedInputStream in;
    private long besideArrays;
    private int fields;

    private OnnxFile(CodedInputStream in) {
        this.in = in;
    }

    /**
     * Reads a file.
     *
     * @throws InvalidFileException if it is no ONNX file, is cut off, or has more in it than networks have
     */
    static ModelProto read(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new InvalidFileException(file, "is no file, expected an ONNX file");
        }
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw new InvalidFileException(file, "has " + size + " bytes, expected at most " + MAX_BYTES);
        }
        if (isZip(file)) {
            throw new InvalidFileException(file, "is a zip file, as a model.npz or PyTorch's own format is, expected ONNX: a"
                    + " model.npz needs no import; in PyTorch use torch.onnx.export");
        }
        try {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
                new OnnxFile(coded(in)).requireHarmless(ModelProto.getDescriptor(), 0);
            }
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
                ModelProto model = ModelProto.parseFrom(coded(in));
                if (!model.hasGraph() || model.getOpsetImportCount() == 0) {
                    throw new InvalidFileException(
                            file, "is no ONNX model: it has no graph, or does not say of which opset");
                }
                return model;
            }
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidFileException(file, "is no ONNX model or is damaged (" + e.getMessage() + ")", e);
        }
    }

    /** As a message of ONNX it would begin with a field that there is not. */
    private static boolean isZip(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(ZIP.length), ZIP);
        }
    }

    private static CodedInputStream coded(InputStream in) {
        CodedInputStream coded = CodedInputStream.newInstance(in);
        coded.setSizeLimit((int) MAX_BYTES);
        return coded;
    }

    /** @throws InvalidProtocolBufferException if there is more than networks have */
    private void requireHarmless(Descriptor message, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new InvalidProtocolBufferException("it nests more than " + MAX_DEPTH + " levels deep");
        }
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int number = WireFormat.getTagFieldNumber(tag);
            int type = WireFormat.getTagWireType(tag);
            if (type == WireFormat.WIRETYPE_START_GROUP) {
                // ONNX has none, and to skip groups that are inside of each other takes the stack
                throw new InvalidProtocolBufferException("there is a group in it");
            }
            if (type != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                count(0);
                in.skipField(tag);
                continue;
            }
            int length = in.readRawVarint32();
            FieldDescriptor field = message.findFieldByNumber(number);
            if (field != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                count(0);
                int limit = in.pushLimit(length);
                requireHarmless(field.getMessageType(), depth + 1);
                in.checkLastTagWas(0);
                in.popLimit(limit);
                continue;
            }
            if (message != TensorProto.getDescriptor() || !NUMBERS.contains(number)) {
                // a whole number may take one byte of the file and eight of memory
                count(field != null && field.isPackable() ? (long) Long.BYTES * length : length);
            }
            in.skipRawBytes(length);
        }
    }

    private void count(long bytes) throws InvalidProtocolBufferException {
        fields++;
        besideArrays += bytes;
        if (fields > MAX_FIELDS || besideArrays > MAX_BESIDE_ARRAYS) {
            throw new InvalidProtocolBufferException("there is more beside its arrays than networks have");
        }
    }
}
