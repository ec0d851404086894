#!/usr/bin/env python3
"""The Pillow peer of the benchmark of reading iBUG 300-W: the lists, each image, its crop in 240 x 240 gray, its points moved along.

    python3 ibug_read_pil.py DIR MARGIN SIZE decode|draft

Reads both lists of the data set once, on one thread, and prints a line of JSON: images a second of processor time and by the clock on
the wall, and the mean of all pixels, to see that both sides read the same. `draft` lets the decoder give gray by itself, which spares
it the colors.

Needs Pillow and numpy: `apt-get install python3-pil python3-numpy`.
"""

import csv
import json
import sys
import time
import xml.etree.ElementTree as ET

import numpy as np
from PIL import Image

folder, margin, size, way = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]


def frames():
    """How each image was scaled and moved from its original."""
    with open(f"{folder}/frames.csv", newline="") as file:
        return {
            row["file"]: np.array([[float(row["scale_x"]), float(row["scale_y"])], [float(row["offset_x"]), float(row["offset_y"])]])
            for row in csv.DictReader(file)
        }


def faces(part):
    """File, box and points of each face of a list, read as a stream."""
    for _, element in ET.iterparse(f"{folder}/labels_ibug_300W_{part}.xml"):
        if element.tag != "image":
            continue
        for box in element.iter("box"):
            points = np.empty((68, 2))
            for part_of_face in box.iter("part"):
                points[int(part_of_face.get("name"))] = float(part_of_face.get("x")), float(part_of_face.get("y"))
            yield element.get("file"), [float(box.get(key)) for key in ("left", "top", "width", "height")], points
        element.clear()


def read(file, box, points, frame):
    """The crop's pixels, the points in it, and scale and shift back to the original image."""
    left, top, width, height = box
    side = round(max(width, height) * (1 + 2 * margin))
    left, top = round(left + (width - side) / 2), round(top + (height - side) / 2)
    with Image.open(f"{folder}/{file}") as image:
        if way == "draft":
            image.draft("L", None)
        gray = image.convert("L").crop((left, top, left + side, top + side)).resize((size, size), Image.BILINEAR)
    scale, corner = size / side, np.array([left, top])
    moved = (points + 0.5 - corner) * scale - 0.5
    return np.asarray(gray), moved, (frame[0] * scale, frame[1] + corner / frame[0])


processor, wall = time.process_time(), time.perf_counter()
known = frames()
count, total = 0, 0.0
for part in ("train", "test"):
    for file, box, points in faces(part):
        pixels, _, _ = read(file, box, points, known[file])
        count += 1
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
