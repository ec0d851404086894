"""Decoding and weighted suppression in numpy, as MediaPipe's TfLiteTensorsToDetections and NonMaxSuppression calculators define
them. Usage: python3 detect.golden.py > detect.golden.json"""
import json

import numpy as np

rng = np.random.default_rng(7)
# Anchors in pixels of 256: centers of cells, row by row.
anchors = np.concatenate(
    [
        np.repeat(np.stack(np.meshgrid(np.arange(256 / s), np.arange(256 / s)), -1).reshape(-1, 2) * s + s / 2, n, axis=0)
        for s, n in [(16, 2), (32, 6)]
    ]
)
assert anchors.shape == (896, 2)

logits = np.full(896, -30.0)
raw = np.zeros((896, 16))
# Two faces, each reported by several anchors near it, and a weak one.
for center, size, picks, level in [((90, 100), 60, 6, 2.0), ((190, 60), 30, 3, 1.0), ((60, 220), 40, 1, -0.5)]:
    nearest = np.argsort(np.hypot(*(anchors - center).T), kind='stable')[:picks]
    for i in nearest:
        jitter = rng.normal(0, 2, 18)
        logits[i] = level + rng.normal()
        raw[i, 0:2] = center - anchors[i] + jitter[:2]
        raw[i, 2:4] = size + jitter[2:4]
        points = np.array([(-0.2, -0.2), (0.2, -0.2), (0, 0), (0, 0.25), (-0.5, -0.1), (0.5, -0.1)]) * size + center
        raw[i, 4:] = (points - anchors[i]).ravel() + jitter[4:16]
logits[800] = 1e9  # limited to 100
raw[800] = 20
raw, logits = raw.astype(np.float32).astype(float), logits.astype(np.float32).astype(float)

scores = 1 / (1 + np.exp(-np.clip(logits, -100, 100)))
centers = raw[:, :2] + anchors
left_top, size = centers - raw[:, 2:4] / 2, raw[:, 2:4]
points = raw[:, 4:].reshape(-1, 6, 2) + anchors[:, None]
rows = [i for i in range(896) if scores[i] >= 0.3]
decoded = [
    {'score': scores[i], 'box': [*left_top[i], *size[i]], 'points': (points[i] - 0.5).ravel().tolist()} for i in rows
]


def iou(a, b):
    inter = np.prod(np.maximum(0, np.minimum(a[:2] + a[2:], b[:2] + b[2:]) - np.maximum(a[:2], b[:2])))
    return inter / (np.prod(a[2:]) + np.prod(b[2:]) - inter)


left = sorted(range(len(decoded)), key=lambda i: -decoded[i]['score'])
boxes = np.array([d['box'] for d in decoded])
merged = []
while left:
    group = [i for i in left if iou(boxes[i], boxes[left[0]]) > 0.3]
    weights = np.array([decoded[i]['score'] for i in group])
    mean = lambda key: np.average([decoded[i][key] for i in group], axis=0, weights=weights).tolist()
    merged.append({'score': weights[0], 'box': mean('box'), 'points': mean('points')})
    left = [i for i in left if i not in group]

active = [i for i in range(896) if logits[i] > -30]
print(
    json.dumps(
        {
            'active': [{'anchor': int(i), 'logit': logits[i], 'numbers': raw[i].tolist()} for i in active],
            'decoded': decoded,
            'merged': merged,
        },
        indent=1,
    )
)
