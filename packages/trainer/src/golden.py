"""Makes golden.json, what trainer.test.ts compares with: Adam and gradient clipping of PyTorch, losses of numpy."""

import json
import pathlib

import numpy as np
import torch

start = [[0.5, -1.25], [2.0, 0.0]]
gradients = [
    [[0.1, -0.2], [0.3, 0.4]],
    [[-1.0, 2.0], [0.0, 1e-6]],
    [[5.0, 0.01], [-0.3, 0.0]],
    [[0.1, 0.1], [0.1, 0.1]],
]
rates = [0.1, 0.1, 0.05, 0.01]


def steps(build):
    weight = torch.tensor(start, requires_grad=True)
    optimizer = build([weight])
    after = []
    for gradient, rate in zip(gradients, rates):
        optimizer.param_groups[0]["lr"] = rate
        weight.grad = torch.tensor(gradient)
        optimizer.step()
        after.append(weight.detach().tolist())
    return after


WEIGHT_DECAY = 0.1
adam = steps(torch.optim.Adam)
adamw = steps(lambda weights: torch.optim.AdamW(weights, weight_decay=WEIGHT_DECAY))

tensors = [[1.0, -2.0, 3.0], [[0.5], [4.0]]]
clipped = {}
for limit in (1.0, 100.0):
    parameters = [torch.zeros(torch.tensor(t).shape, requires_grad=True) for t in tensors]
    for parameter, value in zip(parameters, tensors):
        parameter.grad = torch.tensor(value)
    torch.nn.utils.clip_grad_norm_(parameters, limit)
    clipped[str(limit)] = [parameter.grad.tolist() for parameter in parameters]

prediction = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]])
target = np.array([[0.0, 0.2, 0.5, 0.1], [0.5, 0.5, 0.0, 0.0]])
labelled = np.array([[1, 1, 1, 1], [1, 1, 0, 0]], dtype=float)
aspect = 4 / 3
squares = ((prediction - target) ** 2)[labelled == 1].mean()
offsets = (prediction - target).reshape(2, 2, 2) * [aspect, 1]
distances = np.sqrt((offsets**2).sum(2) + 1e-8)[labelled.reshape(2, 2, 2)[:, :, 0] == 1].mean()

out = {
    "adam": {"start": start, "gradients": gradients, "rates": rates, "after": adam, "weightDecay": WEIGHT_DECAY, "afterDecayed": adamw},
    "clip": {"gradients": tensors, "after": clipped},
    "losses": {
        "prediction": prediction.tolist(),
        "target": target.tolist(),
        "labelled": labelled.tolist(),
        "aspect": aspect,
        "meanSquaredError": squares,
        "meanDistance": distances,
    },
}
pathlib.Path(__file__).with_name("golden.json").write_text(json.dumps(out, indent=2) + "\n")
