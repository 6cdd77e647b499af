"""
The notebook's iteration in NumPy, float64, without its loops over single numbers. Arguments: file of images, how many
of them, seconds of warm-up, seconds to measure.
"""
import sys

import numpy as np

import contest

KERNEL = 5
PADDING = KERNEL // 2
KEEP = 0.5
PENALTY = 0.001
LEARNING_RATE = 1e-4  # small enough that nothing overflows, whatever the number of iterations


class Convolution:
    """Stride 1, padded to keep the size; columns are (N·H·W, C·KERNEL·KERNEL)."""

    def __init__(self, filters, channels, scale):
        self.weights = np.random.randn(filters, channels * KERNEL * KERNEL) * scale
        self.bias = np.zeros(filters)

    def forward(self, x):
        self.shape = n, c, h, w = x.shape
        padded = np.pad(x, ((0, 0), (0, 0), (PADDING, PADDING), (PADDING, PADDING)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (KERNEL, KERNEL), axis=(2, 3))
        self.columns = windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * h * w, -1)
        self.out = np.maximum(self.columns @ self.weights.T + self.bias, 0).reshape(n, h, w, -1).transpose(0, 3, 1, 2)
        return self.out

    def backward(self, d_out):
        """Keeps the parameters' gradients; returns that of the columns' sums before ReLU, (N·H·W, F)."""
        delta = (d_out * (self.out > 0)).transpose(0, 2, 3, 1).reshape(-1, len(self.weights))
        self.d_weights = delta.T @ self.columns
        self.d_bias = delta.sum(axis=0)
        return delta

    def input_error(self, delta):
        n, c, h, w = self.shape
        columns = (delta @ self.weights).reshape(n, h, w, c, KERNEL, KERNEL)
        padded = np.zeros((n, c, h + 2 * PADDING, w + 2 * PADDING))
        for i in range(KERNEL):
            for j in range(KERNEL):
                padded[:, :, i:i + h, j:j + w] += columns[..., i, j].transpose(0, 3, 1, 2)
        return padded[:, :, PADDING:-PADDING, PADDING:-PADDING]

    def update(self):
        self.weights -= LEARNING_RATE * (self.d_weights + PENALTY * self.weights)
        self.bias -= LEARNING_RATE * self.d_bias


def pool(x):
    """The largest of each 2x2 block, and which it was."""
    n, c, h, w = x.shape
    blocks = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h // 2, w // 2, 4)
    largest = blocks.argmax(axis=-1)[..., np.newaxis]
    return np.take_along_axis(blocks, largest, axis=-1)[..., 0], largest


def pool_backward(d_out, largest):
    n, c, h, w = d_out.shape
    blocks = np.zeros((n, c, h, w, 4))
    np.put_along_axis(blocks, largest, d_out[..., np.newaxis], axis=-1)
    return blocks.reshape(n, c, h, w, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, 2 * h, 2 * w)


class FullyConnected:
    """With a mask on its weights, but not on their gradient."""

    def __init__(self, inputs, outputs, scale):
        self.weights = np.random.randn(inputs, outputs) * scale
        self.bias = np.zeros(outputs)

    def forward(self, x):
        self.x = x
        self.masked = (np.random.rand(*self.weights.shape) < KEEP) / KEEP * self.weights
        return x @ self.masked + self.bias

    def backward(self, delta):
        self.d_weights = self.x.T @ delta
        self.d_bias = delta.sum(axis=0)
        return delta @ self.masked.T

    def update(self):
        self.weights -= LEARNING_RATE * (self.d_weights + PENALTY * self.weights)
        self.bias -= LEARNING_RATE * self.d_bias


def softmax(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_diagonal(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    sums = powers.sum(axis=1, keepdims=True)
    return powers * (sums - powers) / sums ** 2


def main(file, count, warm_up, window):
    pixels, labels = contest.read_images(file)
    images = pixels[:count] / 255
    images -= images.mean(axis=0)
    targets = np.eye(contest.CLASSES)[labels[:count]]

    np.random.seed(0)
    scale = np.sqrt(2 / (3 + 10 + 20 + 1280 + 100))
    conv2, conv4 = Convolution(10, 3, scale), Convolution(20, 10, scale)
    full6, full7 = FullyConnected(1280, 100, scale), FullyConnected(100, contest.CLASSES, scale)

    def step(_):
        z3, largest3 = pool(conv2.forward(images))
        z5, largest5 = pool(conv4.forward(z3))
        z6 = np.maximum(full6.forward(z5.reshape(count, -1)), 0)
        z7 = full7.forward(z6)
        probabilities = softmax(z7)
        loss = -np.log(probabilities[np.arange(count), labels[:count]]).mean()

        error6 = full7.backward((probabilities - targets) * softmax_diagonal(z7))
        error5 = full6.backward(error6 * (z6 > 0))
        delta4 = conv4.backward(pool_backward(error5.reshape(z5.shape), largest5))
        conv2.backward(pool_backward(conv4.input_error(delta4), largest3))
        for layer in (conv2, conv4, full6, full7):
            layer.update()
        return loss

    contest.print_outcome(contest.seconds_per_step(step, warm_up, window))


main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
