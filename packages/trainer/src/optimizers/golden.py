"""Makes golden.json, what the tests compare with: PyTorch's optimizers, schedules and gradient clipping."""

import json
import pathlib

import torch

start = {"kernel": [[0.5, -1.25], [2.0, 0.0]], "bias": [1.0, -3.0]}
gradients = [
    {"kernel": [[0.1, -0.2], [0.3, 0.4]], "bias": [0.2, -0.1]},
    {"kernel": [[-1.0, 2.0], [0.0, 1e-6]], "bias": [0.0, 3.0]},
    {"kernel": [[5.0, 0.01], [-0.3, 0.0]], "bias": [-0.5, 0.5]},
    {"kernel": [[0.1, 0.1], [0.1, 0.1]], "bias": [0.1, 0.1]},
]
rates = [0.1, 0.1, 0.05, 0.01]


def steps(build, **options):
    """Decay is left out of biases, as two groups of parameters have it."""
    weights = {name: torch.tensor(value, requires_grad=True) for name, value in start.items()}
    decay = options.pop("weight_decay", 0)
    groups = [{"params": [weights["kernel"]], "weight_decay": decay}, {"params": [weights["bias"]], "weight_decay": 0}]
    optimizer = build(groups, lr=1, **options)
    after = []
    for gradient, rate in zip(gradients, rates):
        for group in optimizer.param_groups:
            group["lr"] = rate
        for name, weight in weights.items():
            weight.grad = torch.tensor(gradient[name])
        optimizer.step()
        after.append({name: weight.detach().tolist() for name, weight in weights.items()})
    return after


WEIGHT_DECAY = 0.1
SGD = torch.optim.SGD
optimizers = {
    "start": start,
    "gradients": gradients,
    "rates": rates,
    "weightDecay": WEIGHT_DECAY,
    "after": {
        "adam": steps(torch.optim.Adam),
        "adamw": steps(torch.optim.AdamW, weight_decay=WEIGHT_DECAY),
        "sgd": steps(SGD),
        "momentum": steps(SGD, momentum=0.9),
        "nesterov": steps(SGD, momentum=0.8, nesterov=True),
        "decayed": steps(SGD, momentum=0.9, weight_decay=WEIGHT_DECAY),
    },
}


def schedule(build, count, losses=None, per_epoch=1):
    """The rates of `count` steps."""
    optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
    scheduler = build(optimizer)
    rates = []
    for step in range(count):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if losses is None:
            scheduler.step()
        elif (step + 1) % per_epoch == 0:
            scheduler.step(losses[step // per_epoch])
    return rates


lr = torch.optim.lr_scheduler
losses = [1.0, 0.8, 0.80001, 0.79999, 0.7999, 0.85, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6]
schedules = {
    "losses": losses,
    "rates": {
        "constant": schedule(lambda o: lr.LinearLR(o, 1 / 5, total_iters=4), 8),
        "step": schedule(lambda o: lr.MultiStepLR(o, [6, 9], gamma=0.3), 12),
        "cosine": schedule(lambda o: lr.CosineAnnealingLR(o, 12, eta_min=0.1), 12),
        "warm": schedule(
            lambda o: lr.SequentialLR(
                o, [lr.LinearLR(o, 1 / 4, total_iters=3), lr.CosineAnnealingLR(o, 8)], milestones=[4]
            ),
            12,
        ),
        "oneCycle": schedule(lambda o: lr.OneCycleLR(o, max_lr=0.4, total_steps=12, cycle_momentum=False), 12),
        "steep": schedule(
            lambda o: lr.OneCycleLR(o, max_lr=0.4, total_steps=12, pct_start=0.5, cycle_momentum=False), 12
        ),
        "brief": schedule(
            lambda o: lr.OneCycleLR(o, max_lr=0.4, total_steps=12, pct_start=0.05, cycle_momentum=False), 12
        ),
        "plateau": schedule(lambda o: lr.ReduceLROnPlateau(o, factor=0.5, patience=1), 24, losses, per_epoch=2),
    },
}

tensors = [[1.0, -2.0, 3.0], [[0.5], [4.0]]]
clipped = {}
for limit in (1.0, 100.0):
    parameters = [torch.zeros(torch.tensor(t).shape, requires_grad=True) for t in tensors]
    for parameter, value in zip(parameters, tensors):
        parameter.grad = torch.tensor(value)
    norm = torch.nn.utils.clip_grad_norm_(parameters, limit).item()
    clipped[str(limit)] = [parameter.grad.tolist() for parameter in parameters]

out = {
    "optimizers": optimizers,
    "schedules": schedules,
    "clip": {"gradients": tensors, "norm": norm, "after": clipped},
}
pathlib.Path(__file__).with_name("golden.json").write_text(json.dumps(out, indent=2) + "\n")
