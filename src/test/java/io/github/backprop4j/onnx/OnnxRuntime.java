package io.github.backprop4j.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxModelMetadata;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An ONNX file as ONNX Runtime reads it. */
final class OnnxRuntime implements AutoCloseable {

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    OnnxRuntime(Path file) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            session = environment.createSession(file.toString(), options);
        }
    }

    /** Runs the graph on images (N, C, H, W), and returns its probabilities, (N, K). */
    INDArray probabilities(INDArray images) throws OrtException {
        float[] pixels = images.dup('c').data().asFloat();
        try (OnnxTensor x = OnnxTensor.createTensor(environment, FloatBuffer.wrap(pixels), images.shape());
                OrtSession.Result result = session.run(Map.of("images", x))) {
            return Nd4j.createFromArray((float[][]) result.get("probabilities").orElseThrow().getValue());
        }
    }

    OnnxModelMetadata metadata() throws OrtException {
        return session.getMetadata();
    }

    Map<String, NodeInfo> inputs() throws OrtException {
        return session.getInputInfo();
    }

    Map<String, NodeInfo> outputs() throws OrtException {
        return session.getOutputInfo();
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
