"""Prints the keypoints of the face in a box. Usage: python3 onnx-landmarker.py MODEL.onnx IMAGE LEFT TOP WIDTH HEIGHT"""

import json
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

session = onnxruntime.InferenceSession(sys.argv[1])
crop = json.loads(session.get_modelmeta().custom_metadata_map["crop"])
image = ImageOps.exif_transpose(Image.open(sys.argv[2])).convert("RGB")  # upright, as photographs of phones are shown
left, top, width, height = map(float, sys.argv[3:])
size = crop["size"]


def run(center, side, turn):
    """Runs the network on a square of the image; returns points and mesh in the image, and the confidence."""
    factor, step = max(1, int(side / size + 0.3)), side / size * turn
    origin = center - step * (size - 1) / 2 * (1 + 1j)
    a, b = step / factor, (origin + (0.5 + 0.5j) * (1 - step)) / factor
    affine = a.real, -a.imag, b.real, a.imag, a.real, b.imag
    pixels = image.reduce(factor).transform((size, size), Image.Transform.AFFINE, affine, Image.Resampling.BILINEAR)
    outputs = session.run(["points", "mesh", "confidence"], {"image": np.float32(pixels)[None] / 255})
    points, mesh, confidence = (output[0].astype(float) for output in outputs)
    return *(origin + step * (p[:, 0] + 1j * p[:, 1]) for p in (points, mesh)), float(confidence)


# Points are complex numbers x + iy: a rotation is a multiplication.
center = left + width / 2 - 0.5 + 1j * (top + height / 2 - 0.5)
turns = np.exp(1j * np.radians(crop["rotations"]))
tries = [run(center - 1j * crop["boxShift"] * height * turn, crop["boxMargin"] * max(width, height), turn) for turn in turns]
points, mesh, confidence = max(tries, key=lambda result: result[2])
for _ in range(crop["refinements"]):
    right, left = mesh[crop["levelPoints"]]
    turn = (left - right) / abs(left - right)
    x, y = (mesh / turn).real, (mesh / turn).imag
    center = (x.min() + x.max() + 1j * (y.min() + y.max())) / 2 * turn
    points, mesh, confidence = run(center, crop["margin"] * max(np.ptp(x), np.ptp(y)), turn)
print(json.dumps({"points": [[p.real, p.imag] for p in points], "confidence": confidence}))
