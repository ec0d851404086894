"""Procrustes distances by the singular value decomposition (Kabsch), without reflection. Run: python3 procrustes_golden.py"""
import json

import numpy as np

MEAN = np.array([[0, 0], [4, 0], [4, 3], [0, 3], [2, 5]], float)
SHAPES = {
    "moved": MEAN * 2.5 @ np.array([[0, 1], [-1, 0]]) + [10, -3],
    "noisy": MEAN + [[0.3, -0.2], [0.1, 0.4], [-0.5, 0.2], [0.2, 0.1], [0, -0.3]],
    "mirrored": MEAN * [-1, 1],
}


def distance(shape, mean):
    x, y = shape - shape.mean(0), mean - mean.mean(0)
    u, s, vt = np.linalg.svd(x.T @ y)
    sign = np.diag([1, np.sign(np.linalg.det(u @ vt))])
    rotation = u @ sign @ vt
    scale = np.trace(np.diag(s) @ sign) / (x**2).sum()
    return float(np.sqrt(((scale * x @ rotation - y) ** 2).sum() / (y**2).sum()))


print(json.dumps({name: {"shape": shape.ravel().tolist(), "distance": distance(shape, MEAN)} for name, shape in SHAPES.items()}, indent=1))
