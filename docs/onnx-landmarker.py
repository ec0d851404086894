"""Prints the keypoints of the face in a box. Usage: python3 onnx-landmarker.py MODEL.onnx IMAGE LEFT TOP WIDTH HEIGHT"""

import json
import sys

import numpy as np
import onnxruntime
from PIL import Image

session = onnxruntime.InferenceSession(sys.argv[1])
crop = json.loads(session.get_modelmeta().custom_metadata_map["crop"])
size = crop["size"]


# Points are complex numbers x + iy: a rotation is a multiplication.
def landmarks(image, left, top, width, height):
    """Finds the points of the face in a box, and the confidence."""
    center = left + width / 2 - 0.5 + 1j * (top + height / 2 - 0.5)
    side = crop["boxMargin"] * max(width, height)
    up = -1j * crop["boxShift"] * height
    turns = np.exp(1j * np.radians(crop["rotations"]))
    tries = [run(image, center + up * turn, side, turn) for turn in turns]
    points, mesh, confidence = max(tries, key=lambda result: result[2])
    for _ in range(crop["refinements"]):
        points, mesh, confidence = run(image, *level(mesh))
    return points, confidence


def run(image, center, side, turn):
    """Runs the network on a square; returns points and mesh in the image, and the confidence."""
    step = side / size * turn
    origin = center - step * (size - 1) / 2 * (1 + 1j)
    batch = sample(image, origin, step)[None].astype(np.float32) / 255
    outputs = session.run(["points", "mesh", "confidence"], {"image": batch})
    points, mesh, confidence = (output[0].astype(float) for output in outputs)
    to_image = [origin + step * (p[:, 0] + 1j * p[:, 1]) for p in (points, mesh)]
    return *to_image, float(confidence)


def level(mesh):
    """Returns center, side and rotation of the square around a mesh in which its eyes are level."""
    right, left = mesh[crop["levelPoints"]]
    turn = (left - right) / abs(left - right)
    level = mesh / turn
    x, y = (level.real.min(), level.real.max()), (level.imag.min(), level.imag.max())
    return (sum(x) + 1j * sum(y)) / 2 * turn, crop["margin"] * max(x[1] - x[0], y[1] - y[0]), turn


def sample(image, origin, step):
    """Samples bytes without aliasing: pixel x + iy of the crop shows the image at origin + step (x + iy)."""
    scale, halvings = abs(step), 0
    if abs(step.imag) < 1e-9:
        rows = triangles(origin.imag, step.real, image.shape[0])
        columns = triangles(origin.real, step.real, image.shape[1])
        return np.rint(np.einsum("yj,xi,jic->yxc", rows, columns, image, optimize=True))
    corners = origin + step * (size - 1) * np.array([0, 1, 1j, 1 + 1j])
    margin = 4 * np.ceil(max(1, scale))
    left, top = np.floor([corners.real.min(), corners.imag.min()]).astype(int) - int(margin)
    right, bottom = np.ceil([corners.real.max(), corners.imag.max()]).astype(int) + int(margin)
    if scale > 1 and min(left, top) >= 0 and right < image.shape[1] and bottom < image.shape[0]:
        image, origin = image[top : bottom + 1, left : right + 1], origin - left - 1j * top
    while scale >= 1.75:
        image = np.pad(image, ((0, image.shape[0] % 2), (0, image.shape[1] % 2), (0, 0)), "edge")
        image = round_half_up(image.reshape(image.shape[0] // 2, 2, image.shape[1] // 2, 2, 3).mean((1, 3)))
        origin, step, scale, halvings = (origin - 0.5 - 0.5j) / 2, step / 2, scale / 2, halvings + 1
    variance = (scale**2 - (1 - 0.25**halvings) / 2 - 1) / 6
    for axis in (1, 0) if variance > 0.05 else ():
        weight = round_half_up(variance / 2 * 256) / 256
        index = np.arange(image.shape[axis])
        around = sum(np.take(image, index + shift, axis, mode="clip") for shift in (-1, 1))
        image = round_half_up(weight * around + (1 - 2 * weight) * image)
    return bilinear(np.pad(image, ((1, 1), (1, 1), (0, 0))), origin + 1 + 1j, step)


def triangles(origin, step, length):
    """Returns the weights of a line's pixels for each pixel of the crop."""
    at, radius = origin + step * np.arange(size)[:, None], max(abs(step), 1)
    taps = np.arange(np.floor(at.min() - radius), np.ceil(at.max() + radius) + 1)
    weights = np.maximum(0, 1 - np.abs(taps - at) / radius)
    weights /= weights.sum(1, keepdims=True)
    padded = np.zeros((size, length))
    inside = (taps >= 0) & (taps < length)
    padded[:, taps[inside].astype(int)] = weights[:, inside]
    return padded


def bilinear(image, origin, step):
    """Interpolates between four pixels, at positions in steps of 1/2048."""
    y, x = np.mgrid[:size, :size]
    at = origin + step * (x + 1j * y)
    x = np.clip(round_half_up(at.real * 2048) / 2048, 0, image.shape[1] - 1.001)
    y = np.clip(round_half_up(at.imag * 2048) / 2048, 0, image.shape[0] - 1.001)
    column, row = x.astype(int), y.astype(int)
    u, v = (x - column)[..., None], (y - row)[..., None]
    upper = image[row, column] * (1 - u) + image[row, column + 1] * u
    lower = image[row + 1, column] * (1 - u) + image[row + 1, column + 1] * u
    return round_half_up(upper * (1 - v) + lower * v)


def round_half_up(values):
    return np.floor(values + 0.5)


image = np.asarray(Image.open(sys.argv[2]).convert("RGB")).astype(float)
points, confidence = landmarks(image, *map(float, sys.argv[3:7]))
print(json.dumps({"points": [[p.real, p.imag] for p in points], "confidence": confidence}))
