"""Computes the golden numbers of evaluate-keypoints.test.ts with numpy: /usr/bin/python3 evaluate-keypoints.golden.py > evaluate-keypoints.golden.json"""
import json
import numpy as np

rng = np.random.default_rng(7)
EYES = [list(range(36, 42)), list(range(42, 48))]
faces = []
decimals = lambda points: [round(float(x), 1) for x in points.ravel()]
for i in range(10):
    target = np.round(rng.random((68, 2)) * 200 + [30, 50], 1).astype(np.float32)
    predicted = np.round(target + rng.normal(0, 2 + 6 * rng.random(), (68, 2)), 1).astype(np.float32)
    visibility = (rng.random(68) < 0.9) * 2
    visibility[36:48] = 2
    faces.append((target, predicted, visibility))

distances = [np.where(v == 0, np.nan, np.linalg.norm(f.astype(float) - t, axis=1)) for t, f, v in faces]
labeled = [t[v > 0] for t, _, v in faces]
sizes = [s.max(0) - s.min(0) for s in labeled]
lengths = {
    "interocular": [np.linalg.norm(t[36] - t[45]) for t, _, _ in faces],
    "interpupil": [np.linalg.norm(t[EYES[0]].mean(0) - t[EYES[1]].mean(0)) for t, _, _ in faces],
    "box": [np.sqrt(w * h) for w, h in sizes],
    "diagonal": [np.hypot(w, h) for w, h in sizes],
}
out = {"faces": [{"target": decimals(t), "predicted": decimals(f), "visibility": v.tolist()} for t, f, v in faces], "by": {}}
for name, divisors in lengths.items():
    relative = np.array([e / n for e, n in zip(distances, divisors)])
    nme = np.nanmean(relative, axis=1)
    threshold = float(np.median(nme))
    grid = np.linspace(0, threshold, 2_000_001)
    ced = np.searchsorted(np.sort(nme), grid, side="right") / len(nme)
    out["by"][name] = {
        "threshold": threshold, "nme": float(nme.mean()), "failureRate": float((nme > threshold).mean()),
        "auc": float(np.trapz(ced, grid) / threshold), "percentile90": float(np.percentile(nme, 90)),
        "byPoint": np.nanmean(relative, axis=0).tolist(),
    }
coordinates = np.concatenate([np.abs(f.astype(float) - t)[v > 0].ravel() for t, f, v in faces])
out["maePx"] = float(coordinates.mean())
out["errorPx"] = float(np.mean([np.nanmean(e) for e in distances]))
print(json.dumps(out))
