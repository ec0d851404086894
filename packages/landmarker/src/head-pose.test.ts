import { MESH_468 } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { measureHeadPose, type SpatialMesh } from './head-pose.ts'
import { MESH_POINTS } from './mesh-points.ts'

const COUNT_IN_HALF = MESH_468.flipPairs.length
const [FOREHEAD, CHIN] = [10, 152]

/** A mesh that faces the camera: the halves of each pair lie at the same height and depth, the ends of the middle line above each other. */
function createFrontalMesh(): number[][] {
  const points = Array.from({ length: MESH_POINTS }, () => [0, 0, 0])
  for (const [pair, [right, left]] of MESH_468.flipPairs.entries()) {
    const [x, y, z] = [0.2 + 0.3 * Math.cos(pair), pair / COUNT_IN_HALF - 0.5, 0.1 * Math.sin(3 * pair)]
    points[right] = [-x, y, z]
    points[left] = [x, y, z]
  }
  points[FOREHEAD] = [0, -0.6, 0.05]
  points[CHIN] = [0, 0.6, 0.05]
  return points
}

type Motion = (point: readonly number[]) => number[]

/** Each motion moves points as its description says; axes are right, down, away from the camera. */
const rollBy = (degrees: number): Motion => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  // Clockwise: what points to the right goes down.
  return ([x = 0, y = 0, z = 0]) => [x * cos - y * sin, x * sin + y * cos, z]
}
const yawBy = (degrees: number): Motion => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  // The face, toward the camera at first, motions to the right of the image: what points to the right goes away.
  return ([x = 0, y = 0, z = 0]) => [x * cos - z * sin, y, x * sin + z * cos]
}
const pitchBy = (degrees: number): Motion => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  // The face goes up: what points down comes toward the camera.
  return ([x = 0, y = 0, z = 0]) => [x, y * cos + z * sin, z * cos - y * sin]
}

function createMesh(...motions: readonly Motion[]): SpatialMesh {
  const points = createFrontalMesh().map((point) =>
    motions.reduce<readonly number[]>((moved, motion) => motion(moved), point),
  )
  return {
    points: Float32Array.from(points.flatMap(([x = 0, y = 0]) => [x, y])),
    depths: Float32Array.from(points, ([, , z = 0]) => z),
  }
}

describe('measureHeadPose', () => {
  test.each([
    [0, 0, 0],
    [30, 0, 0],
    [-45, 0, 0],
    [0, 20, 0],
    [0, -35, 0],
    [0, 0, 25],
    [0, 0, -170],
    [40, -20, 10],
    [-60, 30, 130],
  ])('measures yaw %d, pitch %d and roll %d', (yaw, pitch, roll) => {
    const pose = measureHeadPose(createMesh(pitchBy(pitch), yawBy(yaw), rollBy(roll)))
    expect(pose.yaw).toBeCloseTo(yaw, 3)
    expect(pose.pitch).toBeCloseTo(pitch, 3)
    expect(pose.roll).toBeCloseTo(roll, 3)
  })

  test('does not depend on place and size', () => {
    const { points, depths } = createMesh(pitchBy(10), yawBy(20), rollBy(5))
    const pose = measureHeadPose({ points: points.map((x) => 300 * x + 100), depths: depths.map((z) => 300 * z - 50) })
    expect(pose).toEqual({ yaw: expect.closeTo(20, 2), pitch: expect.closeTo(10, 2), roll: expect.closeTo(5, 2) })
  })
})
