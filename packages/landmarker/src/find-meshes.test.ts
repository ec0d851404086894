import { composeAffine, createImage, type Keypoints, mapKeypoints, rotation, scaling, translation } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { createBoxFrame, createMeshFrame, EYE_CORNERS, type FaceFrame } from './face-frame.ts'
import { findMeshes, ROTATIONS } from './find-meshes.ts'
import { type Mesh, mapFromFrame, mapToFrame, type PredictMeshes } from './mesh-network.ts'
import { MESH_POINTS } from './mesh-points.ts'

const image = createImage(new Uint8Array(100 * 100), 100, 100, 1)

/** A mesh in an oval about (50, 50), tilted by some degrees; its outer eye corners are level in it. */
function createPoints(degrees: number): Keypoints {
  const points = new Float32Array(2 * MESH_POINTS)
  for (let i = 0; i < MESH_POINTS; i++) {
    points[2 * i] = 15 * Math.cos((i / MESH_POINTS) * 2 * Math.PI)
    points[2 * i + 1] = 20 * Math.sin((i / MESH_POINTS) * 2 * Math.PI)
  }
  for (const [k, i] of EYE_CORNERS.entries()) points.set([k === 0 ? -8 : 8, -5], 2 * i)
  return mapKeypoints(composeAffine(rotation(degrees), translation(50, 50)), points)
}

const POSE = { yaw: 1, pitch: 2, roll: 3 }

/** A network that always finds the same points, and records the frames that it sees. */
function createNetwork(points: Keypoints): { calls: FaceFrame[][]; predict: PredictMeshes } {
  const calls: FaceFrame[][] = []
  return {
    calls,
    predict: async (_, frames) => {
      if (frames.length > 0) calls.push([...frames])
      return frames.map(
        (frame): Mesh => ({ frame, relative: mapToFrame(frame, points), points, confidence: 0.9, pose: POSE }),
      )
    },
  }
}

/** The box and eyes whose frame is that of the mesh, changed by a map. */
function createFace(points: Keypoints, change = translation(0, 0), degrees = 0) {
  const { x, y, side, degrees: tilt } = createMeshFrame(points)
  const [size, eyes] = [side / 1.62, rotation(tilt + degrees)]
  const center = mapKeypoints(change, Float32Array.of(x, y))
  const up = mapKeypoints(eyes, Float32Array.of(0, -0.07 * size))
  const scale = Math.hypot(change[0], change[1])
  const [left = 0, top = 0] = [0, 1].map(
    (k) => (center[k] as number) - scale * (up[k] as number) + 0.5 - (scale * size) / 2,
  )
  return {
    box: { left, top, width: scale * size, height: scale * size },
    points: mapKeypoints(eyes, Float32Array.of(0, 0, 10, 0)),
  }
}

const closeTo = (frame: FaceFrame): object =>
  Object.fromEntries(Object.entries(frame).map(([key, value]) => [key, expect.closeTo(value, 3)]))

describe('if crops close to that about the mesh are taken', () => {
  test.each([-20, 0, 179])('one run suffices for a face that is tilted by %p degrees', async (degrees) => {
    const points = createPoints(degrees)
    const network = createNetwork(points)
    const finder = { network, tta: false, takesCloseCrops: true }
    const [mesh] = (await findMeshes(finder, image, [createFace(points, translation(1, -1), 3)])) as [Mesh]
    expect(network.calls).toHaveLength(1)
    // The mesh is relative to the frame about itself.
    expect(mesh.frame).toEqual(closeTo(createMeshFrame(points)))
    expect([...mapFromFrame(mesh.frame, mesh.relative)]).toEqual(
      Array.from(points, (value) => expect.closeTo(value, 3)),
    )
  })

  test.each([
    ['its center', createFace(createPoints(0), translation(5, 0))],
    ['its side', createFace(createPoints(0), scaling(1.15, 1.15, 50, 50))],
    ['its rotation', createFace(createPoints(0), translation(0, 0), -6)],
  ])('a face whose crop differs by %s is refined, and no other', async (_, far) => {
    const points = createPoints(0)
    const network = createNetwork(points)
    const finder = { network, tta: false, takesCloseCrops: true }
    const meshes = await findMeshes(finder, image, [createFace(points), far, createFace(points)])
    expect(meshes).toHaveLength(3)
    expect(network.calls.map(({ length }) => length)).toEqual([3, 1])
    expect(network.calls[1]).toEqual([closeTo(createMeshFrame(points))])
  })
})

test('otherwise each mesh is refined in the crop about it', async () => {
  const points = createPoints(10)
  const network = createNetwork(points)
  await findMeshes({ network, tta: false }, image, [createFace(points), createFace(points)])
  expect(network.calls.map(({ length }) => length)).toEqual([2, 2])
})

test('without eyes, a face is searched in four rotations and refined twice', async () => {
  const points = createPoints(10)
  const network = createNetwork(points)
  const box = { left: 30, top: 30, width: 40, height: 40 }
  await findMeshes({ network, tta: false, takesCloseCrops: true }, image, [{ box }])
  expect(network.calls[0]).toEqual(ROTATIONS.map((degrees) => createBoxFrame(box, degrees)))
  expect(network.calls.map(({ length }) => length)).toEqual([4, 1, 1])
})
