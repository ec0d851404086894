"""The augmentation of augment.ts in Python, one thread: images a second of processor time by torchvision and by OpenCV, as a line
of JSON.

python3 augment_peer.py PIXELS POINTS ROUNDS

Affine map (turn, scale, shift about the middle), mirror, 640 x 480 to 240 x 240, brightness, noise: on gray images that lie in
memory, their 58 points moved along.
"""

import json
import sys
import time

import cv2
import numpy as np
import torch
import torchvision.transforms.functional as F

cv2.setNumThreads(1)
torch.set_num_threads(1)
WIDTH, HEIGHT, SIDE = 640, 480, 240
images = np.fromfile(sys.argv[1], np.uint8).reshape(-1, HEIGHT, WIDTH)
points = np.fromfile(sys.argv[2], np.float32).reshape(-1, 58, 2)
rounds = int(sys.argv[3])
tensors = [torch.from_numpy(image.copy())[None] for image in images]
random = np.random.default_rng(1)


def drawn():
    return {
        "degrees": random.uniform(-15, 15),
        "scale": 1.15 ** random.uniform(-1, 1),
        "shift": random.uniform(-0.05, 0.05, 2) * (WIDTH, HEIGHT),
        "mirror": random.random() < 0.5,
        "factor": random.uniform(0.8, 1.2),
        "sigma": random.uniform(0.01, 0.04) * 255,
    }


def matrix(p):
    m = cv2.getRotationMatrix2D(((WIDTH - 1) / 2, (HEIGHT - 1) / 2), -p["degrees"], p["scale"])
    m[:, 2] += p["shift"]
    return m


def moved(xy, m, mirror):
    xy = xy @ m[:, :2].T + m[:, 2]
    xy = (xy + 0.5) * (SIDE / WIDTH, SIDE / HEIGHT) - 0.5
    if mirror:
        xy[:, 0] = SIDE - 1 - xy[:, 0]
    return xy


def lit(image, p):
    image = cv2.convertScaleAbs(image, alpha=p["factor"])
    noise = np.empty(image.shape, np.int16)
    cv2.randn(noise, 0, p["sigma"])
    return cv2.add(image, noise, dtype=cv2.CV_8U)


def opencv(i):
    """Every step as it is written in a pipeline: warp, then an antialiased resize."""
    p = drawn()
    m = matrix(p)
    image = cv2.warpAffine(images[i], m, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    image = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    if p["mirror"]:
        image = cv2.flip(image, 1)
    return lit(image, p), moved(points[i], m, p["mirror"])


def opencv_aliased(i):
    """The maps multiplied by hand and sampled once; OpenCV's warp does not antialias."""
    p = drawn()
    m = matrix(p)
    whole = np.diag([SIDE / WIDTH, SIDE / HEIGHT]) @ m
    image = cv2.warpAffine(images[i], whole, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if p["mirror"]:
        image = cv2.flip(image, 1)
    return lit(image, p), moved(points[i], m, p["mirror"])


def torchvision(i):
    p = drawn()
    image = F.affine(
        tensors[i], p["degrees"], p["shift"].tolist(), p["scale"], [0.0, 0.0], F.InterpolationMode.BILINEAR
    )
    image = F.resize(image, [SIDE, SIDE], antialias=True)
    if p["mirror"]:
        image = F.hflip(image)
    image = F.adjust_brightness(image, p["factor"]).float()
    image = (image + torch.randn(image.shape) * p["sigma"]).clamp(0, 255).to(torch.uint8)
    return image, moved(points[i], matrix(p), p["mirror"])


def rate(augment):
    for i in range(len(images)):
        augment(i)
    start = time.process_time()
    for _ in range(rounds):
        for i in range(len(images)):
            augment(i)
    return rounds * len(images) / (time.process_time() - start)


print(json.dumps({name: rate(f) for name, f in
                  (("torchvision", torchvision), ("opencv", opencv), ("opencvAliased", opencv_aliased))}))
