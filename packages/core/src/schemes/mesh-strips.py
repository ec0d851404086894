"""Writes the triangles of MediaPipe's face mesh as strips: python3 mesh-strips.py

mesh-triangles.golden.json holds the triangles of the canonical face model of MediaPipe (Apache-2.0),
https://github.com/google-ai-edge/mediapipe, and the pairs of points that a mirror exchanges.
"""

import json
from pathlib import Path

GOLDEN = json.loads((Path(__file__).parent / 'mesh-triangles.golden.json').read_text())
DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'

FLIP = {a: b for a, b in GOLDEN['flipPairs']} | {b: a for a, b in GOLDEN['flipPairs']}


def rotate(triangle):
    """Returns the same triangle with its least point first."""
    first = triangle.index(min(triangle))
    return tuple(triangle[first:] + triangle[:first])


def mirror(triangle):
    a, b, c = (FLIP.get(point, point) for point in triangle)
    return rotate([a, c, b])


def follow(strip, left):
    """Extends a strip by triangles of `left`, and returns it with those that it covers."""
    covered = {rotate(strip)}
    while True:
        a, b = strip[-2:] if len(strip) % 2 == 0 else strip[:-3:-1]
        following = [t for t in left - covered for k in range(3) if (t[k], t[k - 2]) == (a, b)]
        if not following:
            return strip, covered
        covered.add(following[0])
        strip = [*strip, next(point for point in following[0] if point not in (a, b))]


def write_strips(triangles):
    """Takes the longest strip again and again."""
    left, strips = set(triangles), []
    while left:
        starts = [list(t[k:] + t[:k]) for t in sorted(left) for k in range(3)]
        strip, covered = max((follow(start, left) for start in starts), key=lambda found: len(found[0]))
        strips.append(''.join(DIGITS[point // 36] + DIGITS[point % 36] for point in strip))
        left -= covered
    return ' '.join(strips)


TRIANGLES = {rotate(triangle) for triangle in GOLDEN['triangles']}
PAIRED = {triangle for triangle in TRIANGLES if mirror(triangle) in TRIANGLES}
print(write_strips({max(t, mirror(t), key=lambda t: (sum(point < 248 for point in t), t)) for t in PAIRED}))
print(write_strips(TRIANGLES - PAIRED))
