"""Makes golden.json, what golden.test.ts compares with: torchvision's, OpenCV's and Pillow's numbers.

Debian 12: python3-torchvision 0.14.1, python3-opencv 4.6.0, python3-pil 9.4.0.
"""

import io
import json
import pathlib

import cv2
import numpy as np
import torch
import torchvision.transforms.functional as F
from PIL import Image


def render(width, height, channels):
    """Intensities 0..1, smooth, with an edge."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    planes = [
        0.5 + 0.3 * np.sin(x / 3.1 + c) * np.cos(y / (4.7 - c)) + 0.18 * np.where(x + c * y > 0.7 * width, 1, -1)
        for c in range(channels)
    ]
    return np.stack(planes, -1).astype(np.float32)


def listed(array):
    return np.round(np.asarray(array, np.float64), 5).ravel().tolist()


def tensor(image):
    return torch.from_numpy(image).permute(2, 0, 1)


def back(image):
    return listed(image.permute(1, 2, 0).numpy())


W, H = 18, 14
rgb, gray = render(W, H, 3), render(W, H, 1)

# Turned, scaled and shifted: angle clockwise, shift in pixels, zeros beyond. Enlarging, so that nothing needs antialiasing.
affine = [
    {
        "params": {"degrees": a, "scale": s, "shiftX": tx / W, "shiftY": ty / H, "shearX": 0, "shearY": 0},
        "pixels": back(F.affine(tensor(rgb), a, [tx, ty], s, [0.0, 0.0], F.InterpolationMode.BILINEAR)),
    }
    for a, s, tx, ty in ((17.0, 1.0, 0, 0), (-40.0, 1.3, 3, -2), (0.0, 1.0, 5, 4))
]

# Sheared: the matrix by hand, the middle of the image fixed.
shear_x, shear_y = 12.0, -7.0
middle = np.array([[1, 0, (W - 1) / 2], [0, 1, (H - 1) / 2], [0, 0, 1]])
shear = np.array([[1, np.tan(np.radians(shear_x)), 0], [np.tan(np.radians(shear_y)), 1, 0], [0, 0, 1]])
grow = np.diag([1.4, 1.4, 1])
matrix = middle @ grow @ shear @ np.linalg.inv(middle)
sheared = {
    "params": {"degrees": 0, "scale": 1.4, "shiftX": 0, "shiftY": 0, "shearX": shear_x, "shearY": shear_y},
    "point": listed((matrix @ [4.0, 7.0, 1.0])[:2]),
    "pixels": listed(cv2.warpAffine(rgb, matrix[:2], (W, H), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)),
}

# Corners at the outer edges of the corner pixels; all offsets inward, so that it enlarges.
corners = [0.1, 0.2, -0.15, 0.05, -0.05, -0.2, 0.2, -0.1]
own = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)
scale = np.array([W, H])
quadrilateral = (own + np.array(corners).reshape(4, 2)) * scale - 0.5
matrix = cv2.getPerspectiveTransform((own * scale - 0.5).astype(np.float32), quadrilateral.astype(np.float32))
points = np.array([[[5.0, 4.0], [15.0, 8.0], [7.0, 12.0]]])
perspective = {
    "corners": corners,
    "points": listed(points),
    "moved": listed(cv2.perspectiveTransform(points, np.linalg.inv(matrix))),
    "pixels": listed(
        cv2.warpPerspective(
            rgb, matrix, (W, H), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
        )
    ),
}

photometric = [
    ("brightness", {"factor": 1.3, "offset": 0}, back(F.adjust_brightness(tensor(rgb), 1.3))),
    ("brightness", {"factor": 0.6, "offset": 0}, back(F.adjust_brightness(tensor(rgb), 0.6))),
    ("contrast", {"factor": 1.4}, back(F.adjust_contrast(tensor(rgb), 1.4))),
    ("contrast", {"factor": 0.5}, back(F.adjust_contrast(tensor(rgb), 0.5))),
    ("gamma", {"gamma": 1.7}, back(F.adjust_gamma(tensor(rgb), 1.7))),
    ("gamma", {"gamma": 0.6}, back(F.adjust_gamma(tensor(rgb), 0.6))),
    ("hueSaturation", {"hue": 0, "saturation": 1.6}, back(F.adjust_saturation(tensor(rgb), 1.6))),
    ("hueSaturation", {"hue": 0.2, "saturation": 1}, back(F.adjust_hue(tensor(rgb), 0.2))),
    ("hueSaturation", {"hue": -0.4, "saturation": 1}, back(F.adjust_hue(tensor(rgb), -0.4))),
    ("gray", {}, back(F.rgb_to_grayscale(tensor(rgb), 3))),
    ("sharpen", {"factor": 2.5}, back(F.adjust_sharpness(tensor(rgb), 2.5))),
    ("sharpen", {"factor": 0}, back(F.adjust_sharpness(tensor(rgb), 0))),
    ("blur", {"sigma": 1.2}, back(F.gaussian_blur(tensor(rgb), [9, 9], [1.2, 1.2]))),
    ("blur", {"sigma": 2.0}, listed(cv2.GaussianBlur(rgb, (13, 13), 2.0, borderType=cv2.BORDER_REFLECT_101))),
    ("motionBlur", {"length": 5, "degrees": 0}, listed(cv2.blur(rgb, (5, 1), borderType=cv2.BORDER_REFLECT_101))),
    ("motionBlur", {"length": 7, "degrees": 90}, listed(cv2.blur(rgb, (1, 7), borderType=cv2.BORDER_REFLECT_101))),
]
normalized = {
    "options": {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
    "values": back(F.normalize(tensor(rgb), [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])),
}


def bytes_of(image):
    return np.round(image * 255).clip(0, 255).astype(np.uint8)


clahe = []
sizes = ((32, 24, 4, 2.0), (32, 24, 2, 4.0), (30, 23, 4, 3.0), (32, 23, 4, 3.0), (30, 24, 4, 3.0))
for width, height, tiles, clip in sizes:
    image = bytes_of(render(width, height, 1))[..., 0]
    out = cv2.createCLAHE(clipLimit=clip, tileGridSize=(tiles, tiles)).apply(image)
    clahe.append(
        {
            "width": width,
            "height": height,
            "tiles": tiles,
            "clipLimit": clip,
            "image": image.ravel().tolist(),
            "pixels": out.ravel().tolist(),
        }
    )

# With noise, since an image that is too regular has coefficients that lie half way between two steps.
noise = np.random.default_rng(1)
jpeg = []
for width, height, channels in ((32, 24, 1), (32, 24, 3), (27, 21, 3)):
    for quality in (30, 85):
        image = bytes_of(render(width, height, channels) + noise.normal(0, 0.03, (height, width, channels)))
        file = io.BytesIO()
        Image.fromarray(image[..., 0] if channels == 1 else image).save(file, "JPEG", quality=quality)
        jpeg.append(
            {
                "width": width,
                "height": height,
                "channels": channels,
                "quality": quality,
                "image": image.ravel().tolist(),
                "pixels": np.asarray(Image.open(file)).ravel().tolist(),
            }
        )

out = {
    "size": [W, H],
    "image": listed(rgb),
    "affine": affine,
    "sheared": sheared,
    "perspective": perspective,
    "photometric": [{"name": name, "params": params, "pixels": pixels} for name, params, pixels in photometric],
    "normalized": normalized,
    "clahe": clahe,
    "jpeg": jpeg,
}
pathlib.Path(__file__).with_name("golden.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
