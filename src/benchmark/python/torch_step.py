"""PyTorch's training steps. Arguments: network, file of images, images to a step, seconds of warm-up, seconds to measure."""
import sys

import numpy
import torch
from torch import nn

import contest


def notebook():
    return nn.Sequential(
        nn.Conv2d(3, 10, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(10, 20, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(20 * 8 * 8, 100), nn.ReLU(),
        nn.Linear(100, contest.CLASSES))


def wide():
    layers = []
    channels = 3
    for filters in (64, 128, 256):
        layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.BatchNorm2d(filters), nn.ReLU(), nn.MaxPool2d(2)]
        channels = filters
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * 4 * 4, contest.CLASSES))


def main(name, file, batch, warm_up, window):
    pixels, labels = contest.read_images(file)
    count = len(labels) // batch * batch
    images = (pixels[:count] - pixels[:count].mean(axis=0)) / pixels[:count].std()
    x = torch.from_numpy(images.astype(numpy.float32)).split(batch)
    y = torch.from_numpy(labels[:count]).split(batch)

    network = wide() if name == "wide" else notebook()
    cross_entropy = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)

    def step(number):
        i = number % len(x)
        optimizer.zero_grad()
        cross_entropy(network(x[i]), y[i]).backward()
        optimizer.step()

    contest.print_outcome(batch / contest.seconds_per_step(step, warm_up, window))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5]))
