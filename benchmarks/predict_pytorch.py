"""
Predict the points of a folder of JPEG files by ResNet-18 in PyTorch, the peer of predict.ts: two processes of a DataLoader read, convert to
gray and resize, in batches of 32.

Usage: python3 predict_pytorch.py FOLDER SIZE
"""

import json
import pathlib
import sys
import time

import torch
import torchvision
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset

folder, size = pathlib.Path(sys.argv[1]), int(sys.argv[2])


class Images(Dataset):
    def __init__(self):
        self.files = sorted(folder.glob("*.jpg"))

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        with Image.open(self.files[index]) as image:
            gray = image.convert("L").resize((size, size), Image.BILINEAR)
        return torchvision.transforms.functional.to_tensor(gray) - 0.5


torch.set_num_threads(2)
network = torchvision.models.resnet18(num_classes=116)
network.conv1 = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)
network.eval()
# The processes stay from one pass to the next, as the threads of a pool do.
loader = DataLoader(Images(), batch_size=32, num_workers=2, persistent_workers=True)


def predict():
    with torch.no_grad():
        return sum(len(network(batch)) for batch in loader)


# The first pass starts the processes and reads the files from the disk.
predict()
start = time.perf_counter()
count = predict()
print(json.dumps({"count": count, "seconds": time.perf_counter() - start}))
