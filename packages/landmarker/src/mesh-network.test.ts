import { useBackend } from '@facekp/backend'
import { horizontalReflection, IBUG_68, type Sample, warpSample } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { createMeshFrame } from './face-frame.ts'
import { loadMeshNetwork, type Mesh, type MeshNetwork, mapFromFrame, mapToFrame } from './mesh-network.ts'
import { MESH_FLIP } from './mesh-points.ts'
import { mirrorPoints } from './mirror-points.ts'

let network: MeshNetwork
let sample: Sample

beforeAll(async () => {
  await useBackend('onnx')
  network = await loadMeshNetwork()
  sample = await syntheticFaces({ seed: 4, count: 1, scheme: IBUG_68, width: 320, height: 240 }).get(0)
})

afterAll(() => network.dispose())

test('with tta, a mirrored face has the mirrored mesh', async () => {
  const { image } = sample
  const frame = { x: 160, y: 110, side: 150, degrees: 5 }
  const [mesh] = (await network.predict(image, [frame], true)) as [Mesh]
  const mirrored = warpSample(sample, horizontalReflection(320), { width: 320, height: 240 })
  const mirroredFrame = { ...frame, x: 319 - frame.x, degrees: -frame.degrees }
  const [other] = (await network.predict(mirrored.image, [mirroredFrame], true)) as [Mesh]
  const expected = Array.from(mirrorPoints(mesh.relative, MESH_FLIP), (value) => expect.closeTo(value, 3))
  expect([...other.relative]).toEqual(expected)
  // Without, the two differ by more.
  const [single] = (await network.predict(image, [frame])) as [Mesh]
  const largest = Math.max(...single.relative.map((value, k) => Math.abs(value - (mesh.relative[k] as number))))
  expect(largest).toBeGreaterThan(1e-3)
  expect(largest).toBeLessThan(0.05)
})

test('finds each frame of a batch as by itself', async () => {
  const frames = [
    { x: 160, y: 110, side: 150, degrees: 0 },
    { x: 150, y: 120, side: 180, degrees: 10 },
  ]
  const batch = await network.predict(sample.image, frames, true)
  for (const [i, frame] of frames.entries()) {
    const [alone] = (await network.predict(sample.image, [frame], true)) as [Mesh]
    const expected = Array.from(alone.relative, (value) => expect.closeTo(value, 3))
    expect([...(batch[i] as Mesh).relative]).toEqual(expected)
  }
  expect(await network.predict(sample.image, [])).toEqual([])
})

test('a mesh that fails leaves no tensor', async () => {
  const kernel = tf.getKernel('MaxPool', 'onnx')
  const before = tf.memory().numTensors
  tf.unregisterKernel('MaxPool', 'onnx')
  try {
    await expect(network.predict(sample.image, [{ x: 160, y: 110, side: 150, degrees: 0 }])).rejects.toThrow(/MaxPool/)
  } finally {
    tf.registerKernel(kernel)
  }
  expect(tf.memory().numTensors).toBe(before)
})

test('mapToFrame is the inverse of mapFromFrame', async () => {
  const frame = createMeshFrame(
    ((await network.predict(sample.image, [{ x: 160, y: 110, side: 150, degrees: 0 }]))[0] as Mesh).points,
  )
  const points = Float32Array.of(0, 0, 1, 1, 0.25, 0.75)
  expect([...mapToFrame(frame, mapFromFrame(frame, points))]).toEqual(
    Array.from(points, (value) => expect.closeTo(value, 5)),
  )
})
