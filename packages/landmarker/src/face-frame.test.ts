import { mapPoint } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { createBoxFrame, createMeshFrame, getEyeAngle, mapFrameToImage } from './face-frame.ts'

// python3 -c "
// import numpy as np
// a = np.radians(30); R = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
// print([(R @ (np.array(p) - 95.5) * 100 / 192 + [50, 40]).round(4).tolist() for p in [(95.5, 95.5), (0, 0), (191, 40)]])"
test('mapFrameToImage maps the crop about its center, rotated clockwise', () => {
  const map = mapFrameToImage({ x: 50, y: 40, side: 100, degrees: 30 }, 192)
  const expected = [
    [95.5, 95.5, 50, 40],
    [0, 0, 31.794, -27.9455],
    [191, 40, 107.5289, 39.8362],
  ] as const
  for (const [x, y, imageX, imageY] of expected) {
    expect(mapPoint(map, x, y)[0]).toBeCloseTo(imageX, 3)
    expect(mapPoint(map, x, y)[1]).toBeCloseTo(imageY, 3)
  }
})

test('createBoxFrame is centered above the box, as far as the forehead reaches, in the direction of the face', () => {
  const box = { left: 10, top: 20, width: 80, height: 100 }
  expect(createBoxFrame(box, 0)).toEqual({ x: 49.5, y: 62.5, side: expect.closeTo(162), degrees: 0 })
  // The eyes are below each other: the face lies, its top to the right.
  const lying = createBoxFrame(box, getEyeAngle(Float32Array.of(40, 30, 40, 60)))
  expect(lying).toEqual({ x: expect.closeTo(56.5), y: expect.closeTo(69.5), side: expect.closeTo(162), degrees: 90 })
})

test('createMeshFrame is level with the eyes and 1.5 times the mesh', () => {
  const mesh = new Float32Array(2 * 468).fill(50)
  mesh.set([30, 40], 2 * 33)
  mesh.set([70, 40], 2 * 263)
  mesh.set([50, 100], 2 * 152)
  expect(createMeshFrame(mesh)).toEqual({ x: 50, y: 70, side: 90, degrees: 0 })
  const turned = mesh.map((_, k) => (k % 2 === 0 ? -(mesh[k + 1] as number) : (mesh[k - 1] as number)))
  const frame = createMeshFrame(turned)
  expect(frame).toEqual({
    x: expect.closeTo(-70, 3),
    y: expect.closeTo(50, 3),
    side: expect.closeTo(90, 3),
    degrees: 90,
  })
})
