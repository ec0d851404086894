"""Makes warp.golden.json, what warp.test.ts compares with: OpenCV's bilinear warp and Pillow's antialiased resize."""

import json
import pathlib

import cv2
import numpy as np
from PIL import Image

y, x = np.mgrid[0:12, 0:16]
picture = (127 + 60 * np.sin(x / 2.1) + 50 * np.cos(y / 1.7 + x / 5)).astype(np.float32)

# From the output's coordinates to the input's, as warpAffine takes it.
maps = {
    "turned": [0.9, -0.35, 3.0, 0.35, 0.9, -1.5],
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
            picture,
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
        "pixels": np.asarray(Image.fromarray(picture, "F").resize((width, height), Image.BILINEAR)).ravel().tolist(),
    }
    for width, height in ((8, 6), (4, 4), (16, 3), (32, 24))
]
out = {
    "picture": picture.ravel().tolist(),
    "size": size,
    "warped": warped,
    "resized": resized,
}
pathlib.Path(__file__).with_name("warp.golden.json").write_text(json.dumps(out) + "\n")
