"""Time the augmentation of augment.ts in torchvision and OpenCV on one thread.

Prints images per second of processor time as a line of JSON.

python3 augment_peer.py PIXELS POINTS ROUNDS

Affine map (rotation, scale and shift about the center), horizontal flip, 640 x 480 to 240 x 240, brightness, noise: on gray
images in memory, with their 58 keypoints.
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


def draw_params():
    return {
        "degrees": random.uniform(-15, 15),
        "scale": 1.15 ** random.uniform(-1, 1),
        "shift": random.uniform(-0.05, 0.05, 2) * (WIDTH, HEIGHT),
        "flip": random.random() < 0.5,
        "factor": random.uniform(0.8, 1.2),
        "sigma": random.uniform(0.01, 0.04) * 255,
    }


def affine_matrix(params):
    matrix = cv2.getRotationMatrix2D(((WIDTH - 1) / 2, (HEIGHT - 1) / 2), -params["degrees"], params["scale"])
    matrix[:, 2] += params["shift"]
    return matrix


def map_points(xy, matrix, flip):
    xy = xy @ matrix[:, :2].T + matrix[:, 2]
    xy = (xy + 0.5) * (SIDE / WIDTH, SIDE / HEIGHT) - 0.5
    if flip:
        xy[:, 0] = SIDE - 1 - xy[:, 0]
    return xy


def change_light(image, params):
    image = cv2.convertScaleAbs(image, alpha=params["factor"])
    noise = np.empty(image.shape, np.int16)
    cv2.randn(noise, 0, params["sigma"])
    return cv2.add(image, noise, dtype=cv2.CV_8U)


def opencv(i):
    """Warp, then resize with antialiasing, as a pipeline does."""
    params = draw_params()
    matrix = affine_matrix(params)
    image = cv2.warpAffine(images[i], matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    image = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    if params["flip"]:
        image = cv2.flip(image, 1)
    return change_light(image, params), map_points(points[i], matrix, params["flip"])


def opencv_aliased(i):
    """Multiply the maps and sample once; OpenCV's warp does not antialias."""
    params = draw_params()
    matrix = affine_matrix(params)
    combined = np.diag([SIDE / WIDTH, SIDE / HEIGHT]) @ matrix
    image = cv2.warpAffine(images[i], combined, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if params["flip"]:
        image = cv2.flip(image, 1)
    return change_light(image, params), map_points(points[i], matrix, params["flip"])


def torchvision(i):
    params = draw_params()
    image = F.affine(
        tensors[i], params["degrees"], params["shift"].tolist(), params["scale"], [0.0, 0.0], F.InterpolationMode.BILINEAR
    )
    image = F.resize(image, [SIDE, SIDE], antialias=True)
    if params["flip"]:
        image = F.hflip(image)
    image = F.adjust_brightness(image, params["factor"]).float()
    image = (image + torch.randn(image.shape) * params["sigma"]).clamp(0, 255).to(torch.uint8)
    return image, map_points(points[i], affine_matrix(params), params["flip"])


def images_per_second(augment):
    for i in range(len(images)):
        augment(i)
    start = time.process_time()
    for _ in range(rounds):
        for i in range(len(images)):
            augment(i)
    return rounds * len(images) / (time.process_time() - start)


PIPELINES = {"torchvision": torchvision, "opencv": opencv, "opencvAliased": opencv_aliased}
print(json.dumps({name: images_per_second(pipeline) for name, pipeline in PIPELINES.items()}))
