"""Golden numbers of read-ibug.test.ts, with numpy: mean absolute error (source pixels) and NME (percent, interocular) of the mean
training shape placed in the box of each test face.

python3 read-ibug.golden.py ibug_300W_mini  ->  19.735818266296214 14.692102580007449
"""

import csv
import sys
import xml.etree.ElementTree as ET

import numpy as np

root = sys.argv[1]
scale = {r["file"]: (float(r["scale_x"]), float(r["scale_y"])) for r in csv.DictReader(open(f"{root}/frames.csv"))}


def faces(part):
    for image in ET.parse(f"{root}/labels_ibug_300W_{part}.xml").iter("image"):
        box = image.find("box")
        corner, size = (np.array([float(box.get(k)) for k in keys]) for keys in (("left", "top"), ("width", "height")))
        parts = sorted(box.iter("part"), key=lambda part: int(part.get("name")))
        points = np.array([[float(part.get("x")), float(part.get("y"))] for part in parts])
        yield corner, size, points, np.array(scale[image.get("file")])


shape = np.mean([(p + 0.5 - c) / s for c, s, p, _ in faces("train")], axis=0)
errors, nme = [], []
for corner, size, points, s in faces("test"):
    e = (shape * size + corner - 0.5 - points) / s
    errors.append(np.abs(e).mean())
    t = points / s
    nme.append(np.linalg.norm(e, axis=1).mean() / np.linalg.norm(t[36] - t[45]))
print(np.mean(errors), 100 * np.mean(nme))
