"""Ridge regression in numpy; held-out residuals by fitting again without each group. Usage: python3 ridge.golden.py > ridge.golden.json"""
import json

import numpy as np

rng = np.random.default_rng(3)
n, p, q = 14, 20, 3
X = rng.normal(size=(n, p)).astype(np.float32)
Y = (X[:, :4] @ rng.normal(size=(4, q)) + rng.normal(0, 0.6, (n, q)) + [1, 2, 3]).astype(np.float32)
groups = [0, 0, 1, 2, 2, 2, 3, 4, 4, 5, 6, 7, 7, 8]


def fit(X, Y, penalty):
    mx, my = X.mean(0), Y.mean(0)
    W = np.linalg.solve((X - mx).T @ (X - mx) + penalty * np.eye(p), (X - mx).T @ (Y - my))
    return lambda x: (x - mx) @ W + my


x, y, g = X.astype(float), Y.astype(float), np.array(groups)
results = []
for lam in [3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1, 10, 100]:
    # The penalty stays that of all rows.
    penalty = lam * ((x - x.mean(0)) ** 2).sum() / n
    held = np.zeros_like(y)
    for group in set(groups):
        held[g == group] = y[g == group] - fit(x[g != group], y[g != group], penalty)(x[g == group])
    results.append((float((held**2).sum()), lam, held, fit(x, y, penalty)))
error, lam, held, predict = min(results, key=lambda r: r[0])
new = rng.normal(size=p).astype(np.float32)
print(
    json.dumps(
        {
            'features': X.tolist(),
            'targets': Y.tolist(),
            'groups': groups,
            'lambda': lam,
            'heldOutResiduals': held.tolist(),
            'input': new.tolist(),
            'prediction': predict(new.astype(float)).tolist(),
        }
    )
)
