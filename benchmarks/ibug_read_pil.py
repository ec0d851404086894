#!/usr/bin/env python3
"""Read iBUG 300-W with Pillow, as the peer of ibug-read.ts: lists, images, gray crops and their keypoints.

    python3 ibug_read_pil.py DIR MARGIN SIZE decode|draft|check

Reads both lists of the dataset once, on one thread, and prints a line of JSON: images per second of processor time and of
wall time. With `draft` the decoder returns gray and skips the colors; with `check` the mean of all pixels, which shows that
both sides read the same, is printed too.

Needs Pillow and numpy: `apt-get install python3-pil python3-numpy`.
"""

import csv
import json
import sys
import time
import xml.etree.ElementTree as ET

import numpy as np
from PIL import Image

folder, margin, size, mode = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]


def read_frames():
    """Read scale and offset of each image relative to its original."""
    with open(f"{folder}/frames.csv", newline="") as file:
        return {
            row["file"]: np.array(
                [[float(row["scale_x"]), float(row["scale_y"])], [float(row["offset_x"]), float(row["offset_y"])]]
            )
            for row in csv.DictReader(file)
        }


def iterate_faces(part):
    """Yield file, box and keypoints of each face of a list."""
    for _, element in ET.iterparse(f"{folder}/labels_ibug_300W_{part}.xml"):
        if element.tag != "image":
            continue
        for box in element.iter("box"):
            points = np.empty((68, 2))
            for keypoint in box.iter("part"):
                points[int(keypoint.get("name"))] = float(keypoint.get("x")), float(keypoint.get("y"))
            yield element.get("file"), [float(box.get(key)) for key in ("left", "top", "width", "height")], points
        element.clear()


def read(file, box, points, frame):
    """Return the pixels of the crop, its keypoints, and scale and offset to the original image."""
    left, top, width, height = box
    side = round(max(width, height) * (1 + 2 * margin))
    left, top = round(left + (width - side) / 2), round(top + (height - side) / 2)
    with Image.open(f"{folder}/{file}") as image:
        if mode == "draft":
            image.draft("L", None)
        gray = image.convert("L").crop((left, top, left + side, top + side)).resize((size, size), Image.BILINEAR)
    scale, corner = size / side, np.array([left, top])
    keypoints = (points + 0.5 - corner) * scale - 0.5
    return np.asarray(gray), keypoints, (frame[0] * scale, frame[1] + corner / frame[0])


processor, wall = time.process_time(), time.perf_counter()
frames = read_frames()
count, total = 0, 0.0
for part in ("train", "test"):
    for file, box, points in iterate_faces(part):
        pixels, _, _ = read(file, box, points, frames[file])
        count += 1
        if mode == "check":
            total += pixels.mean()
print(
    json.dumps(
        {
            "count": count,
            "processor": count / (time.process_time() - processor),
            "wall": count / (time.perf_counter() - wall),
            "mean": total / count,
        }
    )
)
