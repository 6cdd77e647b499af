"""python3 predict.py MODEL.npz IMAGES.npy: predicts as backprop4j does, in NumPy; (N, C, H, W), pixels of 0 to 255."""
import collections, itertools, json, math, re, sys
import numpy as np

def windows(x, size, stride):  # what they see, (N, C, OH, OW, size, size); none sees the pixels that are left over
    return np.lib.stride_tricks.sliding_window_view(x, (size, size), (2, 3))[:, :, ::stride, ::stride]

def conv(x, array, filters, size, stride=1, padding=0):
    seen = windows(np.pad(x, [(0, 0)] * 2 + [(padding, padding)] * 2), size, stride)
    return np.moveaxis(np.tensordot(seen, array("weights"), ((1, 4, 5), (1, 2, 3))) + array("bias", 0), -1, 1)

LAYERS = {  # each takes images or features, a function that gives its arrays by their names, and the numbers in its text
    "conv": conv, "whiten": lambda x, array, size: conv(x, array, None, size),
    "pool": lambda x, _, *window: windows(x, *window).max((4, 5)),
    "avgpool": lambda x, _, *window: windows(x, *window).mean((4, 5)),
    "globalmaxpool": lambda x, _: x.max((2, 3)), "globalavgpool": lambda x, _: x.mean((2, 3)),
    **dict.fromkeys(["dense", "output"], lambda x, array, *_: x.reshape(len(x), -1) @ array("weights") + array("bias", 0)),
    "relu": lambda x, _: np.maximum(x, 0), "leakyrelu": lambda x, _, slope: np.where(x > 0, x, slope * x),
    "gelu": lambda x, _: x * np.vectorize(math.erfc)(-x / math.sqrt(2)) / 2, "scale": lambda x, _, factor: x * factor,
    "batchnorm": lambda x, array, epsilon=1e-5: np.moveaxis((np.moveaxis(x, 1, -1) - array("mean"))
        / np.sqrt(array("variance") + epsilon) * array("scale", 1) + array("shift"), -1, 1),
    **dict.fromkeys(["dropout", "dropconnect", "chain", "residual"], lambda x, *_: x)}

def run(layers, x, arrays, path=""):  # the second convolution in the first residual block is residual1.conv2
    numbers = collections.defaultdict(lambda: itertools.count(1))
    for layer in layers:
        if isinstance(layer, list):  # what stands in the parentheses of the chain or residual before it
            outs = [run(inner, x, arrays, name + inside) for inner, inside in zip(layer, ("", "shortcut."))]
            x = sum(outs) + (x if kind == "residual" and len(outs) == 1 else 0)
            continue
        kind, *words = layer.split(":")
        if kind not in LAYERS:
            raise ValueError(f"layer {kind}: unknown, expected one of {', '.join(LAYERS)}")
        name = path + (kind if kind == "output" else f"{kind}{next(numbers[kind])}") + "."
        settings = [json.loads(word) for word in words if not word.isalpha()]
        x = LAYERS[kind](x, lambda array, *default: arrays.get(name + array, *default), *settings)
    return x

def predict(model, images):  # the probabilities of the classes, (N, classes)
    about = json.loads((arrays := dict(np.load(model)))["architecture"].tobytes())
    text = about["layers"] + ("" if "output" in about["layers"] else ",output")
    text = re.sub(r"[^,|()]+", r'"\g<0>"', text.lstrip(",")).replace("(", ",[[").replace("|", "],[").replace(")", "]]")
    if (x := np.asarray(images, float)).shape[1:] != tuple(about["input"]):
        raise ValueError(f"images of shape {x.shape[1:]}, expected {tuple(about['input'])}, channels before rows")
    seen = [np.pad(side, [(0, 0)] * 2 + [(1, 1)] * 2, "reflect")[..., i:i + x.shape[2], i:i + x.shape[3]]
            for i in (1, 0, 2) for side in (x, x[..., ::-1])][:about.get("card", {}).get("settings", {}).get("views", 1)]
    logits = [run(json.loads(f"[{text}]"), (view - arrays[about["mean"]]) * about["factor"], arrays) for view in seen]
    logits = np.average(logits, axis=0, weights=[2, 2, 1, 1, 1, 1][:len(seen)])  # the image, mirrored, and both moved
    return np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))

if __name__ == "__main__":
    try:
        if len(sys.argv) != 3 or open(sys.argv[2], "rb").read(6) != b"\x93NUMPY":
            raise ValueError(f"{sys.argv[2]} is no .npy array" if len(sys.argv) == 3 else __doc__)
        classes = json.loads(np.load(sys.argv[1])["architecture"].tobytes())["classes"]
        for i, row in enumerate(row for image in np.load(sys.argv[2]) for row in predict(sys.argv[1], image[None])):
            print(i, *(f"{classes[k]}\t{row[k]:.4f}" for k in np.argsort(-row, kind="stable")[:2]), sep="\t")
    except (KeyError, OSError, ValueError) as problem:
        print(f"predict.py: {problem}", file=sys.stderr)
        sys.exit(2)
