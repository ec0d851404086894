"""Writes warp.golden.json: OpenCV's bilinear warp and remap, Pillow's antialiased resize, for the tests of image sampling."""

import json
import pathlib

import cv2
import numpy as np
from PIL import Image

y, x = np.mgrid[0:12, 0:16]
image = (127 + 60 * np.sin(x / 2.1) + 50 * np.cos(y / 1.7 + x / 5)).astype(np.float32)

# From the output's coordinates to the input's, as warpAffine expects.
maps = {
    "rotated": [0.9, -0.35, 3.0, 0.35, 0.9, -1.5],
    "enlarged": [0.5, 0.0, -0.25, 0.0, 0.5, -0.25],
}
borders = {
    "edge": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT_101,
    "constant": cv2.BORDER_CONSTANT,
}
size = (14, 10)
warped = [
    {
        "map": maps[name],
        "border": border,
        "pixels": cv2.warpAffine(
            image,
            np.array(maps[name]).reshape(2, 3),
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=mode,
            borderValue=20,
        ).ravel().tolist(),
    }
    for name in maps
    for border, mode in borders.items()
]
resized = [
    {
        "width": width,
        "height": height,
        "pixels": np.asarray(Image.fromarray(image, "F").resize((width, height), Image.BILINEAR)).ravel().tolist(),
    }
    for width, height in ((8, 6), (4, 4), (16, 3), (32, 24))
]
# Positions of a nonlinear map, less than a pixel apart.
v, u = np.mgrid[0:10, 0:14].astype(np.float32)
positions = np.stack([0.7 * u + 1.5 + np.sin(v / 2.3), 0.6 * v + 2 + 0.8 * np.cos(u / 3.1)], -1).astype(np.float32)
remapped = [
    {
        "border": border,
        "pixels": cv2.remap(
            image, positions, None, cv2.INTER_LINEAR, borderMode=mode, borderValue=20
        ).ravel().tolist(),
    }
    for border, mode in borders.items()
]

# Points through a homography.
matrix = np.array([[1.1, 0.2, -3.0], [-0.1, 0.9, 2.0], [0.004, -0.003, 1.0]])
points = np.array([[[3.0, 4.0], [20.0, 11.5], [40.0, 35.0]]])
projected = {
    "matrix": matrix.ravel().tolist(),
    "points": points.ravel().tolist(),
    "projected": cv2.perspectiveTransform(points, matrix).ravel().tolist(),
}

out = {
    "image": image.ravel().tolist(),
    "size": size,
    "warped": warped,
    "resized": resized,
    "positions": positions.ravel().tolist(),
    "remapped": remapped,
    "projected": projected,
}
pathlib.Path(__file__).with_name("warp.golden.json").write_text(json.dumps(out) + "\n")
