"""The cascade of Wang et al. 2017 as one would port it to PyTorch: eager 3-D convolutions, numpy and scipy around them.

Written from the description of the original alone, without any of bolus's code: what its engine is timed against, and an
independent second opinion of its networks and post-processing.
"""

import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage

ELEMENT = ndimage.generate_binary_structure(3, 2)  # 3x3x3 without the corners
BLOCKS = [
    [("block1_1", 1), ("block1_2", 1)],
    [("block2_1", 1), ("block2_2", 1)],
    [("block3_1", 1), ("block3_2", 2), ("block3_3", 3)],
    [("block4_1", 3), ("block4_2", 2), ("block4_3", 1)],
]
VIEWS = {"axial": ((0, 1, 2), (0, 1, 2)), "sagittal": ((2, 0, 1), (1, 2, 0)), "coronal": ((1, 0, 2), (1, 0, 2))}
SMALLEST = {"axial": (180, 160), "sagittal": (160, 180), "coronal": (160, 160)}


class EagerNetwork:
    """One network; `weights` by name as PyTorch lays them out."""

    def __init__(
        self, weights: dict[str, np.ndarray], downsample_twice: bool, dtype: torch.dtype = torch.float32
    ) -> None:
        self.weights = {name: torch.from_numpy(np.array(array)).to(dtype) for name, array in weights.items()}
        self.twice = downsample_twice

    def _normal(self, x, layer, ending=""):
        w = self.weights
        x = F.batch_norm(x, None, None, w[f"{layer}.bn{ending}.weight"], w[f"{layer}.bn{ending}.bias"], True, 0.0, 1e-5)
        return F.prelu(x, w[f"{layer}.prelu{ending}.weight"])

    def _residual(self, x, name, dilation):
        y = x
        for k in (0, 1):
            y = self._normal(y, name, f"_{k}")
            y = F.conv3d(
                y,
                self.weights[f"{name}.conv_{k}.weight"],
                padding=(0, dilation, dilation),
                dilation=(1, dilation, dilation),
            )
        if x.shape[1] < y.shape[1]:
            missing = y.shape[1] - x.shape[1]
            x = F.pad(x, (0, 0, 0, 0, 0, 0, missing // 2, missing - missing // 2))
        return x + y

    def _down(self, x, name):
        y = F.conv3d(F.pad(x, (0, 1, 0, 1)), self.weights[f"{name}.conv.weight"], stride=(1, 2, 2))
        return self._normal(y, name)

    def _up(self, x, name):
        y = F.conv_transpose3d(x, self.weights[f"{name}.deconv.weight"], stride=(1, 2, 2))
        return self._normal(y[..., : 2 * x.shape[3], : 2 * x.shape[4]], name)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """(items, 4, slices, rows, columns) to logits (items, 2, slices - 8, rows, columns)."""
        predicted = []
        for level, blocks in enumerate(BLOCKS):
            for name, dilation in blocks:
                x = self._residual(x, name, dilation)
            x = self._normal(F.conv3d(x, self.weights[f"fuse{level + 1}.conv.weight"]), f"fuse{level + 1}")
            if level == 0:
                x = self._down(x, "downsample1") if self.twice else x
                continue
            middle = x[:, :, 3 - level : x.shape[2] - 3 + level]
            if level > 1:
                middle = self._up(middle, f"pred_up{level}_1")
                predicted.append(self._up(middle, f"pred_up{level}_2") if self.twice else middle)
            elif self.twice:
                predicted.append(self._up(middle, "pred_up1"))
            else:
                predicted.append(F.conv3d(middle, self.weights["pred1.weight"], padding=(0, 1, 1)))
            x = self._down(x, "downsample2") if level == 1 else x
        return F.conv3d(torch.cat(predicted, 1), self.weights["final_pred.weight"], padding=(0, 1, 1))


def _ceil4(size):
    return -(-size // 4) * 4


def _predict_view(network, channels, smallest):
    """Probability of tumour in a volume (4, D, H, W): slabs of 19 slices in batches of 5, filled up with noise."""
    _, depth, height, width = channels.shape
    rows, columns = max(_ceil4(height), smallest[0]), max(_ceil4(width), smallest[1])
    top, left = rows // 2 - height // 2, columns // 2 - width // 2
    probability = np.zeros((depth, height, width), np.float32)
    slabs = -(-depth // 11)
    for begin in range(0, slabs, 5):
        items, centres = [], []
        for number in range(begin, begin + 5):
            centre = min(5 + 11 * number, depth - 5)
            centres.append(centre)
            if number >= slabs:
                items.append(np.random.normal(size=(4, 19, rows, columns)).astype(np.float32))  # noqa: NPY002
                continue
            item = np.empty((4, 19, rows, columns), np.float32)
            first, last = max(0, centre - 9), min(depth, centre + 10)
            for c in range(4):
                item[c] = np.random.normal(size=(19, rows, columns))  # noqa: NPY002
                item[c, first - centre + 9 : last - centre + 9, top : top + height, left : left + width] = channels[
                    c, first:last
                ]
            items.append(item)
        with torch.inference_mode():
            tumour = F.softmax(network(torch.from_numpy(np.stack(items))), 1)[:, 1].numpy()
        for centre, slab in zip(centres, tumour, strict=True):
            first, last = max(0, centre - 5), min(depth, centre + 6)
            probability[first:last] = slab[
                first - centre + 5 : last - centre + 5, top : top + height, left : left + width
            ]
    return probability


def _predict(networks, channels, weight, whole):
    total = 0
    for view, (there, back) in VIEWS.items():
        turned = np.stack([channel.transpose(there) for channel in channels])
        total = total + _predict_view(networks[view], turned, SMALLEST[view] if whole else (96, 96)).transpose(back)
    return (total / 3 > 0.5) & weight


def _box(mask, margin=5):
    places = np.nonzero(mask)
    return tuple(
        slice(max(0, p.min() - margin), min(size - 1, p.max() + margin) + 1)
        for p, size in zip(places, mask.shape, strict=True)
    )


def _close(mask):
    return ndimage.binary_erosion(ndimage.binary_dilation(mask, ELEMENT), ELEMENT)


def _regions(mask):
    label, count = ndimage.label(mask, ELEMENT)
    return label, np.bincount(label.ravel(), minlength=count + 1)[1:]


def _keep_large(mask):
    label, sizes = _regions(mask)
    return mask if len(sizes) <= 1 else np.isin(label, np.nonzero(sizes > 2000)[0] + 1)


def _keep_two(mask):
    label, sizes = _regions(mask)
    if len(sizes) <= 1:
        return mask
    order = np.argsort(sizes)[::-1]
    kept = order[:2] if 10 * sizes[order[1]] > sizes[order[0]] else order[:1]
    return np.isin(label, kept + 1)


def segment(images: list[np.ndarray], networks: dict[tuple[str, str], EagerNetwork], seed: int = 0) -> np.ndarray:
    """Labels (0, 1, 2, 4) of FLAIR, T1, contrast-enhanced T1 and T2, arrays (z, y, x) whose axes run towards S, P, L."""
    np.random.seed(seed)  # noqa: NPY002
    brain = _box(images[0] != 0)
    weight = images[0][brain] > 0
    channels = []
    for image in images:
        values = image[brain].astype(np.float64)
        positive = values[values > 0]
        noise = np.random.normal(size=values.shape)  # noqa: NPY002
        channels.append(np.where(values == 0, noise, (values - positive.mean()) / positive.std()))
    stage = {name: {view: networks[name, view] for view in VIEWS} for name in ("WT", "TC", "ET")}

    found1 = _predict(stage["WT"], channels, weight, True)
    box1 = _box(_keep_large(_close(found1)) if found1.any() else channels[0] > 0)
    inside = [channel[box1] for channel in channels]
    found2 = _predict(stage["TC"], inside, weight[box1], False)
    box2 = _box(_keep_two(_close(found2))) if found2.any() else tuple(slice(0, size) for size in found2.shape)
    found3 = _predict(stage["ET"], [channel[box2] for channel in inside], weight[box1][box2], False)

    core, enhancing = np.zeros_like(found1), np.zeros_like(found1)
    core[box1] = found2
    enhancing[box1][box2] = found3
    everything = _keep_large(_close(found1 | core | enhancing))
    whole = found1 & everything
    label, sizes = _regions(_close((core | enhancing) & everything))
    shared = np.bincount(label[whole], minlength=len(sizes) + 1)[1:]
    inner = np.isin(label, np.nonzero(2 * shared >= sizes)[0] + 1)
    inner = _keep_two(inner) if inner.any() else inner
    enhancing &= inner
    if 0 < enhancing.sum() < 30:
        enhancing[:] = False
    labels = np.zeros(images[0].shape, np.uint8)
    labels[brain][whole | inner] = 2
    labels[brain][inner] = 1
    labels[brain][enhancing] = 4
    return labels
