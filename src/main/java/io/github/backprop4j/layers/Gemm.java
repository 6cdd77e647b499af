package io.github.backprop4j.layers;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import java.lang.ref.Reference;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Products of matrices that lie in the buffers of ND4J arrays, by the OpenBLAS that ND4J has loaded.
 *
 * <p>A convolution makes several small products for each image, of matrices inside its arrays. {@code Nd4j.gemm} takes
 * whole arrays only, and needs 7 µs for two matrices of 8×8, which here take 0.5 µs.
 */
final class Gemm {

    /**
     * A matrix inside the buffer of a row-major array: element (i, j) is the array's element number
     * {@code offset + i·rowStride + j}.
     *
     * @param array held because an array that is garbage collected frees its memory, which a pointer does not prevent
     * @param first the array's first element
     */
    record Matrix(INDArray array, Pointer first, long offset, int rows, int columns, int rowStride) {

        /** Returns all of a row-major array, seen as {@code rows}×{@code columns}. */
        static Matrix of(INDArray array, long rows, long columns) {
            return at(array, 0, rows, columns, columns);
        }

        static Matrix at(INDArray array, long offset, long rows, long columns, long rowStride) {
            return new Matrix(array, array.data().addressPointer(), offset, Math.toIntExact(rows),
                    Math.toIntExact(columns), Math.toIntExact(rowStride));
        }

        /** Returns the matrix of the same form that lies {@code elements} further on. */
        Matrix shifted(long elements) {
            return new Matrix(array, first, offset + elements, rows, columns, rowStride);
        }
    }

    private Gemm() {}

    /** Computes {@code c = a·b}. */
    static void multiply(Matrix a, Matrix b, Matrix c) {
        gemm(CblasNoTrans, CblasNoTrans, a.rows, b.columns, a.columns, a, b, 0, c);
    }

    /** Computes {@code c += a·b}. */
    static void addMultiply(Matrix a, Matrix b, Matrix c) {
        gemm(CblasNoTrans, CblasNoTrans, a.rows, b.columns, a.columns, a, b, 1, c);
    }

    /** Computes {@code c += aᵀ·b}. */
    static void addTransposedMultiply(Matrix a, Matrix b, Matrix c) {
        gemm(CblasTrans, CblasNoTrans, a.columns, b.columns, a.rows, a, b, 1, c);
    }

    /** Computes {@code c += a·bᵀ}. */
    static void addMultiplyTransposed(Matrix a, Matrix b, Matrix c) {
        gemm(CblasNoTrans, CblasTrans, a.rows, b.rows, a.columns, a, b, 1, c);
    }

    private static void gemm(
            int transposeA, int transposeB, int m, int n, int k, Matrix a, Matrix b, double beta, Matrix c) {
        if (c.first instanceof FloatPointer) {
            cblas_sgemm(CblasRowMajor, transposeA, transposeB, m, n, k, 1, floats(a), a.rowStride, floats(b),
                    b.rowStride, (float) beta, floats(c), c.rowStride);
        } else {
            cblas_dgemm(CblasRowMajor, transposeA, transposeB, m, n, k, 1, doubles(a), a.rowStride, doubles(b),
                    b.rowStride, beta, doubles(c), c.rowStride);
        }
        Reference.reachabilityFence(a.array);
        Reference.reachabilityFence(b.array);
        Reference.reachabilityFence(c.array);
    }

    private static FloatPointer floats(Matrix matrix) {
        return ((FloatPointer) matrix.first).getPointer(matrix.offset);
    }

    private static DoublePointer doubles(Matrix matrix) {
        return ((DoublePointer) matrix.first).getPointer(matrix.offset);
    }
}
