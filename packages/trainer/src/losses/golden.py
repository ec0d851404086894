"""Writes golden.json for the tests of the losses: values and gradients of PyTorch, in doubles."""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)

HEIGHT, ASPECT = 256, 4 / 3
# Two faces of four points; their errors in pixels of an image of height 256.
off = torch.tensor([[0.3, -0.7], [1.4, -2.2], [4.0, 9.0], [-12.0, 40.0], [-0.2, 0.05], [3.0, 1.0], [-8.0, 15.0], [2.5, -6.0]])
target = torch.rand(8, 2) * 0.6 + 0.2
prediction = target + off / torch.tensor([ASPECT * HEIGHT, HEIGHT])
weights = torch.tensor([1, 0.5, 1, 1, 1, 0, 1, 0.25])
target[weights == 0] = 0


def weighted(losses, weights, over=None):
    return (losses * weights).sum() / (weights if over is None else over).sum()


def pixels(p):
    return ((p - target) * torch.tensor([ASPECT * HEIGHT, HEIGHT])).abs()


def wing(x, omega=10, epsilon=2):
    c = omega - omega * math.log(1 + omega / epsilon)
    return torch.where(x < omega, omega * torch.log(1 + x / epsilon), x - c)


def soft_wing(x, omega1=2, omega2=20, epsilon=0.5):
    b = omega1 - omega2 * math.log(1 + omega1 / epsilon)
    return torch.where(x < omega1, x, omega2 * torch.log(1 + x / epsilon) + b)


def smooth_l1(x, beta):
    return F.smooth_l1_loss(x, torch.zeros_like(x), reduction="none", beta=beta)


def euclidean(p):
    return (((p - target) * torch.tensor([ASPECT, 1])).square().sum(1) + 1e-8).sqrt()


losses = {
    "mse": lambda p: weighted((p - target) ** 2, weights[:, None].expand(8, 2)),
    "l1": lambda p: weighted((p - target).abs(), weights[:, None].expand(8, 2)),
    "euclidean": lambda p: weighted(euclidean(p), weights),
    "smoothL1": lambda p: weighted(smooth_l1(pixels(p), 1), weights[:, None].expand(8, 2)),
    "smoothL1 of 3": lambda p: weighted(smooth_l1(pixels(p), 3), weights[:, None].expand(8, 2)),
    "wing": lambda p: weighted(wing(pixels(p)), weights[:, None].expand(8, 2)),
    "wing of 5": lambda p: weighted(wing(pixels(p), 5, 0.5), weights[:, None].expand(8, 2)),
    "softWing": lambda p: weighted(soft_wing(pixels(p)), weights[:, None].expand(8, 2)),
}


def value_and_gradient(loss, at):
    at = at.clone().requires_grad_()
    value = loss(at)
    value.backward()
    return {"value": value.item(), "gradient": at.grad.flatten().tolist()}


# Maps, [batch, height, width, points] as TensorFlow.js has them: blurred points, and what a network may say of them.
B, H, W, N = 2, 6, 8, 3
ys, xs = torch.meshgrid(torch.arange(H), torch.arange(W), indexing="ij")
places = torch.rand(B, N, 2) * torch.tensor([W - 1, H - 1])
maps_target = torch.exp(-((xs[..., None] - places[:, None, None, :, 0]) ** 2 + (ys[..., None] - places[:, None, None, :, 1]) ** 2) / 2)
maps = (maps_target + 0.4 * torch.randn(B, H, W, N)).clamp(-0.5, 1.5)
map_weights = torch.tensor([[1, 0.5, 1], [0, 1, 1]])


def adaptive_wing(output, omega=14, theta=0.5, epsilon=1, alpha=2.1, foreground=10, y=maps_target, weights=map_weights):
    delta = (output - y).abs()
    power = alpha - y
    a = omega * (1 / (1 + (theta / epsilon) ** power)) * power * (theta / epsilon) ** (power - 1) / epsilon
    c = theta * a - omega * torch.log(1 + (theta / epsilon) ** power)
    loss = torch.where(delta < theta, omega * torch.log(1 + (delta / epsilon) ** power), a * delta - c)
    dilated = F.max_pool2d(y.permute(0, 3, 1, 2), 3, 1, 1).permute(0, 2, 3, 1)
    loss = loss * (1 + foreground * (dilated >= 0.2))
    return weighted(loss.mean((1, 2)), weights, over=map_weights)


# Spread along slanted directions, as the points of a jaw are.
spreads = torch.tensor([[[1.5, 0.5, 0.6], [0.8, 1.4, -0.5], [2.0, 0.7, 1.1]], [[1.0, 1.0, 0.5], [0.6, 1.2, 0.3], [1.8, 0.9, -0.9]]])
away_x, away_y = xs[..., None] - places[:, None, None, :, 0], ys[..., None] - places[:, None, None, :, 1]
p, q, s = (spreads[:, None, None, :, i] for i in range(3))
star_maps = torch.exp(-(away_x**2 / p - s * away_x * away_y / (p * q) + away_y**2 / q) / 2) + 0.01 * torch.rand(B, H, W, N)
star_target = ((places + torch.randn(B, N, 2) * 0.7 + 0.5) / torch.tensor([W, H])).reshape(B, 2 * N)


def star(heatmaps, restriction=1.0):
    heatmaps = heatmaps / heatmaps.sum((1, 2), keepdim=True)
    grid = torch.stack([(xs + 0.5) / W * 2 - 1, (ys + 0.5) / H * 2 - 1], -1)  # [H, W, 2]
    means = torch.einsum("bhwn,hwd->bnd", heatmaps, grid)
    away = grid[None, :, :, None] - means[:, None, None]  # [B, H, W, N, 2]
    covariances = torch.einsum("bhwn,bhwnd,bhwne->bnde", heatmaps, away, away)
    values, vectors = torch.linalg.eigh(covariances)  # vectors in columns
    error = star_target.reshape(B, N, 2) * 2 - 1 - means
    along = torch.einsum("bnd,bnde->bne", error, vectors)
    distances = smooth_l1(along.abs(), 0.01) / (values + 1e-5).sqrt()
    return weighted((distances + restriction * values).sum(-1), map_weights)


# What heads tell: distributions of cells, and of bins along two axes. One point has no label, one lies outside the frame.
SIGMA_CELLS, SIGMA_BINS, BINS_X, BINS_Y = 1.5, 2, 16, 12
head_target = places.add(0.5) / torch.tensor([W, H])
head_target[1, 2] = torch.tensor([1.1, 0.4])
head_target[1, 0] = 0
head_maps = (2 * maps_target + torch.randn(B, H, W, N)).flatten(1, 2).softmax(1).view(B, H, W, N)
logits_x, logits_y = 2 * torch.randn(B, N, BINS_X), 2 * torch.randn(B, N, BINS_Y)
head_weights = map_weights * torch.tensor([[1, 1, 1], [1, 1, 0]])


def centers(cells):
    return (torch.arange(cells) + 0.5) / cells


def gaussian_maps():
    dx = (centers(W) - head_target[:, :, :1])[:, None, :, :] * W  # [B, 1, N, W]
    dy = (centers(H) - head_target[:, :, 1:]).transpose(1, 2)[:, :, :, None] * H  # [B, H, N, 1]
    return torch.exp(-(dx**2 + dy**2) / (2 * SIGMA_CELLS**2)).permute(0, 1, 3, 2)


def head_adaptive_wing(shares):
    return adaptive_wing(shares * 2 * math.pi * SIGMA_CELLS**2, y=gaussian_maps(), weights=head_weights)


def axis_divergence(logits):
    divergences = 0
    for axis, own in enumerate(logits.split([BINS_X, BINS_Y], 2)):
        bins = own.shape[2]
        distances = torch.arange(bins) + 0.5 - bins * head_target[:, :, axis : axis + 1]
        wanted = torch.exp(-(distances**2) / (2 * SIGMA_BINS**2))
        wanted = wanted / wanted.sum(2, keepdim=True)
        divergences = divergences + F.kl_div(F.log_softmax(own, 2), wanted, reduction="none").sum(2) / 2
    return weighted(divergences, head_weights, over=map_weights)


out = {
    "points": {
        "prediction": prediction.reshape(2, 8).tolist(),
        "target": target.reshape(2, 8).tolist(),
        "targetWeights": weights[:, None].expand(8, 2).reshape(2, 8).tolist(),
        "aspectRatio": ASPECT,
        "losses": {name: value_and_gradient(loss, prediction) for name, loss in losses.items()},
    },
    "adaptiveWing": {
        "shape": [B, H, W, N],
        "maps": maps.flatten().tolist(),
        "target": maps_target.flatten().tolist(),
        "weights": map_weights.tolist(),
        "weighted": value_and_gradient(adaptive_wing, maps),
        "unweighted": value_and_gradient(lambda m: adaptive_wing(m, foreground=0), maps),
    },
    "star": {
        "shape": [B, H, W, N],
        "maps": star_maps.flatten().tolist(),
        "target": star_target.tolist(),
        "weights": map_weights.tolist(),
        "full": value_and_gradient(star, star_maps),
        "half": value_and_gradient(lambda m: star(m, 0.5), star_maps),
    },
    "heads": {
        "target": head_target.reshape(B, 2 * N).tolist(),
        "weights": map_weights.tolist(),
        "sigmaCells": SIGMA_CELLS,
        "targetMaps": gaussian_maps().flatten().tolist(),
        "maps": head_maps.flatten().tolist(),
        "adaptiveWing": value_and_gradient(head_adaptive_wing, head_maps),
        "sigmaBins": SIGMA_BINS,
        "bins": [BINS_X, BINS_Y],
        "logits": torch.cat([logits_x, logits_y], 2).flatten().tolist(),
        "simcc": value_and_gradient(axis_divergence, torch.cat([logits_x, logits_y], 2)),
    },
}


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {name: rounded(inner) for name, inner in value.items()}
    return [rounded(inner) for inner in value] if isinstance(value, list) else value


pathlib.Path(__file__).with_name("golden.json").write_text(json.dumps(rounded(out)) + "\n")
