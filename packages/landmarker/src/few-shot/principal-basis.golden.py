"""Projection on the dominant directions by numpy's SVD. Usage: python3 principal-basis.golden.py > principal-basis.golden.json"""
import json

import numpy as np

rng = np.random.default_rng(5)
rotation, _ = np.linalg.qr(rng.normal(size=(7, 7)))
X = (rng.normal(size=(30, 7)) * [9, 7, 5, 0.2, 0.1, 0.05, 0.02] @ rotation * [1, 1, 1, 1, 1, 1, 40] + 3).astype(np.float32)
new = rng.normal(size=7).astype(np.float32)
x = X.astype(float)
mean = x.mean(0)


def project(scale):
    _, _, directions = np.linalg.svd((x - mean) / scale, full_matrices=False)
    return directions[:3].T @ (directions[:3] @ ((new - mean) / scale))


print(
    json.dumps(
        {
            'rows': X.tolist(),
            'row': new.tolist(),
            'projection': project(np.ones(7)).tolist(),
            'standardized': project(x.std(0)).tolist(),
        }
    )
)
