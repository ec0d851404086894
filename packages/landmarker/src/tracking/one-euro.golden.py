"""Writes one-euro.golden.json: the pseudocode of the paper's appendix A (Casiez et al. 2012), in numpy.

Usage: python3 one-euro.golden.py > one-euro.golden.json
"""

import json

import numpy as np


class LowPassFilter:
    def __init__(self):
        self.first_time = True
        self.hatxprev = np.float64(0)

    def filter(self, x, alpha):
        if self.first_time:
            self.first_time = False
            self.hatxprev = x
        hatx = alpha * x + (1 - alpha) * self.hatxprev
        self.hatxprev = hatx
        return hatx


class OneEuroFilter:
    def __init__(self, rate, mincutoff, beta, dcutoff):
        self.first_time = True
        self.rate, self.mincutoff, self.beta, self.dcutoff = rate, mincutoff, beta, dcutoff
        self.xfilt, self.dxfilt = LowPassFilter(), LowPassFilter()

    def alpha(self, cutoff):
        tau = 1.0 / (2 * np.pi * cutoff)
        te = 1.0 / self.rate
        return 1.0 / (1.0 + tau / te)

    def filter(self, x):
        if self.first_time:
            self.first_time = False
            dx = np.float64(0)
        else:
            dx = (x - self.xfilt.hatxprev) * self.rate
        edx = self.dxfilt.filter(dx, self.alpha(self.dcutoff))
        cutoff = self.mincutoff + self.beta * np.abs(edx)
        return self.xfilt.filter(x, self.alpha(cutoff))


random = np.random.default_rng(12)
time = np.arange(20) / 30
still = 5 + random.normal(0, 0.1, 20)
moving = np.where(time < 0.3, 0, 40 * (time - 0.3)) + random.normal(0, 0.1, 20)
samples = np.stack([still, moving], axis=1).astype(np.float32).astype(np.float64)

cases = []
for rate, mincutoff, beta, dcutoff in [(30, 1.0, 0.007, 1.0), (30, 0.05, 80.0, 1.0), (60, 2.0, 0.0, 3.0)]:
    filters = [OneEuroFilter(rate, mincutoff, beta, dcutoff) for _ in range(2)]
    filtered = [[float(f.filter(x)) for f, x in zip(filters, row)] for row in samples]
    cases.append({"rate": rate, "minCutoff": mincutoff, "beta": beta, "derivativeCutoff": dcutoff, "filtered": filtered})

print(json.dumps({"samples": samples.tolist(), "cases": cases}, indent=1))
