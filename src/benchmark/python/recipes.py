"""The recipes of the presets in PyTorch: `recipes.py DIR NAME [SEED [THREADS]]`, where DIR has CIFAR-10's binary files and
NAME is quick, balanced or best. Prints the accuracy on the test images, plain and by six views, and the minutes it took.

The recipe is airbench94's (Jordan, 94% on CIFAR-10 in 3.29 Seconds on a Single GPU, arXiv 2404.00498)."""
import json
import math
import pathlib
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

# filters of the three groups, epochs
PRESETS = {"quick": ((32, 64, 64), 9), "balanced": ((64, 128, 128), 16), "best": ((64, 256, 256), 16)}

BATCH = 1024
RATE = 1.5
MOMENTUM = 0.85
L2 = 0.00133
SHIFT_RATE = 64
SMOOTHING = 0.2
AVERAGE_EVERY = 5
BIAS_EPOCHS = 3


def read(files):
    rows = numpy.concatenate([numpy.fromfile(file, numpy.uint8).reshape(-1, 3073) for file in files])
    return rows[:, 1:].reshape(-1, 3, 32, 32), torch.from_numpy(rows[:, 0].astype(numpy.int64))


def whitening_filters(images):
    """Eigenvectors of 2x2 patches, each divided by the root of its eigenvalue, then their negatives."""
    patches = functional.unfold(images, 2).permute(0, 2, 1).reshape(-1, 12).double()
    values, vectors = torch.linalg.eigh(patches.T @ patches / len(patches))
    filters = (vectors / torch.sqrt(values + 5e-4)).T.flip(0).reshape(12, 3, 2, 2).float()
    return torch.cat([filters, -filters])


class Normalization(nn.BatchNorm2d):
    def __init__(self, channels):
        super().__init__(channels, eps=1e-12, momentum=0.4)
        self.weight.requires_grad_(False)


def convolution(channels, filters):
    layer = nn.Conv2d(channels, filters, 3, padding=1, bias=False)
    nn.init.dirac_(layer.weight.data[:channels])
    return layer


def network(widths, filters):
    first = nn.Conv2d(3, len(filters), 2)
    first.weight = nn.Parameter(filters, requires_grad=False)
    nn.init.zeros_(first.bias)
    layers = [first, nn.GELU()]
    channels = len(filters)
    for width in widths:
        layers += [convolution(channels, width), nn.MaxPool2d(2), Normalization(width), nn.GELU(),
                   convolution(width, width), Normalization(width), nn.GELU()]
        channels = width
    return nn.Sequential(*layers, nn.MaxPool2d(3), nn.Flatten(), nn.Linear(channels, 10, bias=False))


class Augmented:
    """Images moved over their reflected border, and mirrored or not in turn from epoch to epoch."""

    def __init__(self, images, random):
        self.padded = functional.pad(images, (2, 2, 2, 2), mode="reflect")
        self.coins = random.random(len(images)) < 0.5
        self.random = random

    def batch(self, chosen, epoch):
        down, right = self.random.integers(0, 5, (2, len(chosen)))
        rows = torch.stack([self.padded[image, :, y:y + 32, x:x + 32] for image, y, x in zip(chosen, down, right)])
        mirror = torch.from_numpy(self.coins[chosen] ^ (epoch % 2 == 1))
        rows[mirror] = rows[mirror].flip(-1)
        return rows


def share_of_rate(step, steps):
    return float(numpy.interp(step, [0, int(0.23 * steps), steps], [0.2, 1, 0.07]))


class Average:
    """A slow copy of all that is learned or followed."""

    def __init__(self, model):
        self.arrays = [array for array in model.state_dict().values() if array.is_floating_point()]
        self.slow = [array.clone() for array in self.arrays]

    def meet(self, share_of_slow):
        for slow, array in zip(self.slow, self.arrays):
            slow.mul_(share_of_slow).add_(array, alpha=1 - share_of_slow)
            array.copy_(slow)


def train(model, augmented, labels, epochs, random):
    shifts = [module.bias for module in model if isinstance(module, Normalization)]
    others = [p for p in model.parameters() if p.requires_grad and not any(p is shift for shift in shifts)]
    optimizer = torch.optim.SGD(
        [{"params": shifts, "factor": SHIFT_RATE, "weight_decay": L2 / SHIFT_RATE},
         {"params": others, "factor": 1, "weight_decay": L2}], lr=RATE, momentum=MOMENTUM, nesterov=True)
    cross_entropy = nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
    per_epoch = math.ceil(len(labels) / BATCH)
    steps = epochs * per_epoch
    average = Average(model)
    model.train()
    for step in range(steps):
        epoch, place = divmod(step, per_epoch)
        if place == 0:
            order = random.permutation(len(labels))
            model[0].bias.requires_grad_(epoch < BIAS_EPOCHS)
        chosen = order[place * BATCH:(place + 1) * BATCH]
        for group in optimizer.param_groups:
            group["lr"] = RATE * group["factor"] * share_of_rate(step, steps)
        optimizer.zero_grad(set_to_none=True)
        cross_entropy(model(augmented.batch(chosen, epoch)) / 9, labels[chosen]).backward()
        optimizer.step()
        with torch.no_grad():
            if step + 1 == steps:
                average.meet(1)
            elif (step + 1) % AVERAGE_EVERY == 0:
                average.meet(0.95 ** AVERAGE_EVERY * ((step + 1) / steps) ** 3)


def six_views(model, images):
    def both(x):
        return (model(x) + model(x.flip(-1))) / 2
    around = functional.pad(images, (1, 1, 1, 1), mode="reflect")
    return both(images) / 2 + (both(around[:, :, :32, :32]) + both(around[:, :, 2:, 2:])) / 4


def accuracy(ask, images, labels):
    with torch.no_grad():
        right = sum((ask(x).argmax(1) == y).sum().item() for x, y in zip(images.split(500), labels.split(500)))
    return right / len(labels)


def main(folder, name, seed=0, threads=2):
    begin = time.time()
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    random = numpy.random.default_rng(seed)
    widths, epochs = PRESETS[name]
    pixels, labels = read([pathlib.Path(folder, f"data_batch_{i}.bin") for i in range(1, 6)])
    test_pixels, test_labels = read([pathlib.Path(folder, "test_batch.bin")])
    mean = pixels.mean(axis=(0, 2, 3), keepdims=True)
    deviation = pixels.std(axis=(0, 2, 3), keepdims=True)
    images, test_images = [
        torch.from_numpy(((each - mean) / deviation).astype(numpy.float32)) for each in (pixels, test_pixels)]
    model = network(widths, whitening_filters(images[:5000]))
    train(model, Augmented(images, random), labels, epochs, random)
    trained = time.time()
    model.eval()
    print(json.dumps({"preset": name, "seed": seed, "accuracy": accuracy(model, test_images, test_labels),
                      "sixViews": accuracy(lambda x: six_views(model, x), test_images, test_labels),
                      "minutesOfTraining": (trained - begin) / 60, "minutes": (time.time() - begin) / 60}))


main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
