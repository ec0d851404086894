"""The IMM Face Database, for the PyTorch peers of the benchmarks: what both read alike."""

import sys
from pathlib import Path

import torch

ORIGINAL = torch.tensor([640.0, 480.0])  # errors are given in pixels of the original image
POINTS = 58
LAST_TRAINING_PERSON = 32  # people 1-32 train, 33-40 validate


def read_asf(path):
    """The 58 points of an .asf file, as (x, y) relative to the image's width and height."""
    lines = [line.split() for line in path.read_text(errors="replace").splitlines()]
    lines = [fields for fields in lines if fields and not fields[0].startswith("#")]
    count = int(lines[0][0])
    # Seven numbers a point; some files carry three more, which mean nothing here.
    points = [(float(fields[2]), float(fields[3])) for fields in lines[1 : 1 + count]]
    if len(points) != POINTS:
        raise ValueError(f"{path}: {len(points)} points instead of {POINTS}")
    return points


def read_imm(folder, read_image):
    """Images as `read_image` gives them, points ((x + 0.5) / width, the same for y) and persons of the whole database."""
    files = sorted(Path(folder).glob("*.asf"))
    if not files:
        sys.exit(f"{folder}: no .asf file there")
    images = torch.stack([read_image(file.with_suffix(".jpg")) for file in files])
    # The files' own coordinates are pixel / size; half a pixel more makes them relative to the image's edges.
    points = torch.tensor([read_asf(file) for file in files]) + 0.5 / ORIGINAL
    persons = torch.tensor([int(file.name[:2]) for file in files])
    return images, points, persons
