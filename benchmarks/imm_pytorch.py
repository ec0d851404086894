"""Read the IMM Face Database for the PyTorch peers of the benchmarks."""

import sys
from pathlib import Path

import torch

ORIGINAL = torch.tensor([640.0, 480.0])  # errors are in pixels of the original image
POINTS = 58
LAST_TRAINING_PERSON = 32  # people 1-32 train, 33-40 validate


def read_asf(path):
    """Read the 58 keypoints of an .asf file, as (x, y) relative to the width and height of the image."""
    lines = [line.split() for line in path.read_text(errors="replace").splitlines()]
    lines = [fields for fields in lines if fields and not fields[0].startswith("#")]
    count = int(lines[0][0])
    # Seven numbers per keypoint; some files have three more, which are not used.
    points = [(float(fields[2]), float(fields[3])) for fields in lines[1 : 1 + count]]
    if len(points) != POINTS:
        raise ValueError(f"{path}: expected {POINTS} keypoints, received {len(points)}")
    return points


def read_imm(folder, read_image):
    """Return images as `read_image` reads them, keypoints ((x + 0.5) / width, (y + 0.5) / height) and persons of the database."""
    files = sorted(Path(folder).glob("*.asf"))
    if not files:
        sys.exit(f"{folder}: expected .asf files, received none: pass the folder of the IMM Face Database")
    images = torch.stack([read_image(file.with_suffix(".jpg")) for file in files])
    # Coordinates in the files are pixel / size; half a pixel more makes them relative to the edges of the image.
    points = torch.tensor([read_asf(file) for file in files]) + 0.5 / ORIGINAL
    persons = torch.tensor([int(file.name[:2]) for file in files])
    return images, points, persons
