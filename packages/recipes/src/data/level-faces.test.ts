import { useBackend } from '@facekp/backend'
import { boundingBox, createDataset, IBUG_68, rotation, type Sample, toSourcePoints, warpSample } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { loadFaceLeveler } from '@facekp/landmarker'
import { beforeAll, expect, test } from '@jest/globals'
import { evalDataset } from '../transforms/eval-transform.ts'
import { levelFaces } from './level-faces.ts'

const SIZE = { width: 160, height: 120 }

let tilted: Sample
beforeAll(async () => {
  await useBackend('onnx')
  const face = await syntheticFaces({ seed: 4, count: 1, scheme: IBUG_68, ...SIZE }).get(0)
  const warped = warpSample(face, rotation(40, 80, 60), SIZE)
  tilted = { ...warped, box: boundingBox(warped.keypoints) }
})

test.each(['detect', 'boxes'] as const)(
  'faces found by %s become gray squares about their meshes, whose points map back exactly',
  async (findBy) => {
    const dataset = createDataset(IBUG_68, [tilted])
    const [cached, input] = await levelFaces(
      dataset,
      [
        { size: 90, margin: 0.4 },
        { size: 56, margin: 0.2 },
      ],
      { findBy },
    )
    const large = await cached.get(0)
    const small = await input.get(0)
    expect(large.image).toMatchObject({ width: 90, height: 90, channels: 1 })
    expect(small.image).toMatchObject({ width: 56, height: 56, channels: 1 })
    // A square of 50 pixels with a margin of 20, and one of 40 with a margin of 8.
    expect(large.box).toEqual({ left: 20, top: 20, width: 50, height: 50 })
    expect(small.box?.left).toBeCloseTo(8, 9)
    expect(small.box?.width).toBeCloseTo(40, 9)
    const leveler = await loadFaceLeveler()
    const { frame } =
      findBy === 'detect'
        ? await leveler.levelSample(tilted)
        : await leveler.levelBox(tilted.image, tilted.box as NonNullable<Sample['box']>)
    leveler.dispose()
    for (const crop of [large, small]) {
      const points = toSourcePoints(crop, crop.keypoints)
      const expected = toSourcePoints(tilted, tilted.keypoints)
      expect(Math.max(...points.map((value, k) => Math.abs(value - (expected[k] as number))))).toBeLessThan(1e-4)
      // The box is the square about the mesh, 1 / 1.5 of the mesh's frame: with it, the scale of the map is known.
      const [a, b] = crop.toSource
      const scale = Math.hypot(a, b) * (crop.box?.width as number)
      expect(scale / Math.hypot(...tilted.toSource.slice(0, 2))).toBeCloseTo(frame.side / 1.5, 4)
    }
    // The cached crop leads to the same points in the network's input.
    const view = await evalDataset(cached, { size: 56, margin: 0.2 }).get(0)
    expect(
      Math.max(...view.keypoints.map((value, k) => Math.abs(value - (small.keypoints[k] as number)))),
    ).toBeLessThan(1e-3)
  },
)
