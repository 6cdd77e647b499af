"""Writes small networks as PyTorch exports them to ONNX, each NAME.onnx with an NAME.npz of images x and what PyTorch makes
of them, y: probabilities.

    python3 torch_models.py src/test/resources/onnx

Made with PyTorch 1.13; the files are compared with what backprop4j makes of them by TorchModelsTest.
"""
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.onnx import TrainingMode


class LeNet(nn.Module):
    """Flattens by view, which exports as arithmetic on shapes, and ends in a log-softmax."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 5, padding=2)
        self.conv2 = nn.Conv2d(4, 6, 3)
        self.fc1 = nn.Linear(6 * 3 * 3, 20)
        self.fc2 = nn.Linear(20, 5)

    def forward(self, x):
        x = F.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = F.max_pool2d(torch.relu(self.conv2(x)), 2, stride=1, padding=0)
        x = x.view(x.size(0), -1)
        x = F.relu(self.fc1(x))
        return F.log_softmax(self.fc2(x), dim=1)


def vgg():
    """Ends in logits. Exported for training, so that batch normalization is not folded into the convolutions."""
    def block(inputs, outputs):
        return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
    return nn.Sequential(*block(3, 6), *block(6, 6), nn.MaxPool2d(2, 2), *block(6, 8), nn.MaxPool2d(2, 2),
                         nn.AdaptiveAvgPool2d((2, 2)), nn.Flatten(), nn.Linear(32, 16), nn.BatchNorm1d(16), nn.ReLU(True),
                         nn.Dropout(0.5), nn.Linear(16, 4))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None if stride == 1 else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        out += x if self.downsample is None else self.downsample(x)
        return F.relu(out)


class ResNet(nn.Module):
    """The beginning may be that of torchvision's, with max pooling whose windows reach over the image."""

    def __init__(self, torchvision):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 6, 7, 2, 3, bias=False) if torchvision else nn.Conv2d(3, 6, 3, 1, 1, bias=False),
            nn.BatchNorm2d(6), nn.ReLU(), *[nn.MaxPool2d(3, 2, 1)] * torchvision)
        self.blocks = nn.Sequential(Block(6, 6, 1), Block(6, 10, 2), Block(10, 10, 1))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(10, 4)

    def forward(self, x):
        x = self.pool(self.blocks(self.stem(x)))
        return self.fc(torch.flatten(x, 1))


class Activations(nn.Module):
    """GELU is written as its expansion by erf; the mean over height and width as a ReduceMean."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 3, padding=1)
        self.conv2 = nn.Conv2d(6, 8, 2, stride=2, bias=False)
        self.dense = nn.Linear(8, 12, bias=False)
        self.out = nn.Linear(12, 4, bias=False)

    def forward(self, x):
        x = F.avg_pool2d(F.gelu(self.conv1(x)), 3, 2)
        x = F.leaky_relu(self.conv2(x), 0.1).mean([2, 3])
        return F.softmax(self.out(F.gelu(self.dense(x))) / 2, dim=1)


class Preprocessed(nn.Module):
    """Takes pixels from 0 to 255, ends in a global average without a fully connected layer."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))
        self.conv1 = nn.Conv2d(3, 6, 3, padding=1)
        self.conv2 = nn.Conv2d(6, 4, 1)

    def forward(self, x):
        x = (x / 255 - self.mean) / self.std
        x = F.relu(self.conv1(x))
        return F.softmax(F.adaptive_avg_pool2d(self.conv2(x), 1).flatten(1), dim=1)


def randomize(model):
    """Running statistics and scales as training leaves them, not 0 and 1."""
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.3)
            nn.init.normal_(module.running_mean, 0, 0.3)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return model.eval()


def write(folder, name, model, images, opset=13, dynamic=(0,), kept=False):
    model = randomize(model)
    with torch.no_grad():
        y = model(images)
        if name == "lenet":
            y = y.exp()
        elif (y.sum(1) - 1).abs().max() > 1e-3:
            y = F.softmax(y, dim=1)
    torch.onnx.export(model, images[:1], f"{folder}/{name}.onnx", opset_version=opset, input_names=["image"],
                      output_names=["scores"], training=TrainingMode.PRESERVE if kept else TrainingMode.EVAL,
                      do_constant_folding=not kept,
                      dynamic_axes={"image": {axis: "NCHW"[axis] for axis in dynamic}} if dynamic else None)
    np.savez(f"{folder}/{name}.npz", x=images.numpy(), y=y.numpy())


def main(folder):
    torch.manual_seed(1)
    write(folder, "lenet", LeNet(), torch.randn(5, 1, 12, 12))
    write(folder, "vgg", vgg(), torch.randn(5, 3, 16, 16), kept=True)
    write(folder, "resnet", ResNet(torchvision=True), torch.randn(5, 3, 20, 24), dynamic=(0, 2, 3))
    write(folder, "resnet_batchnorm", ResNet(torchvision=False), torch.randn(5, 3, 9, 12), kept=True, opset=17, dynamic=())
    write(folder, "activations", Activations(), torch.randn(5, 3, 13, 13), opset=9)
    write(folder, "preprocessed", Preprocessed(), (torch.rand(5, 3, 8, 8) * 255).round())


if __name__ == "__main__":
    main(sys.argv[1])
