"""PyTorch's training steps. Arguments: file of images, images to a step, seconds of warm-up, seconds to measure."""
import sys

import numpy
import torch
from torch import nn

import contest


def main(file, batch, warm_up, window):
    pixels, labels = contest.read_images(file)
    count = len(labels) // batch * batch
    images = (pixels[:count] - pixels[:count].mean(axis=0)) / pixels[:count].std()
    x = torch.from_numpy(images.astype(numpy.float32)).split(batch)
    y = torch.from_numpy(labels[:count]).split(batch)

    network = nn.Sequential(
        nn.Conv2d(3, 10, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(10, 20, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(20 * 8 * 8, 100), nn.ReLU(),
        nn.Linear(100, contest.CLASSES))
    cross_entropy = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)

    def step(number):
        i = number % len(x)
        optimizer.zero_grad()
        cross_entropy(network(x[i]), y[i]).backward()
        optimizer.step()

    contest.print_outcome(batch / contest.seconds_per_step(step, warm_up, window))


main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
