import { MESH_468 } from '@facekp/core'

/** How a head is turned, in degrees; all are 0 if it faces the camera upright. */
export interface HeadPose {
  /** Turn to the side, -90 to 90: positive if the face looks to the right of the image. */
  readonly yaw: number
  /** Tilt up or down, -180 to 180: positive if the face looks up. An open mouth changes it by some degrees. */
  readonly pitch: number
  /** Clockwise rotation in the image, -180 to 180. */
  readonly roll: number
}

/** Points of a mesh in space. */
export interface SpatialMesh {
  /** x and y of each point, along the image's axes. */
  readonly points: Float32Array
  /** Depth of each point in the same unit, increasing away from the camera. */
  readonly depths: Float32Array
}

/** The highest and the lowest point on the middle line of the mesh. */
const FOREHEAD = 10
const CHIN = 152

type Vector = readonly [x: number, y: number, z: number]

/**
 * Measures how a head is turned: its first axis is the mean direction from the points of its right half to their twins, its second axis
 * lies in the middle line. The angles are those of `roll` after `yaw` after `pitch`.
 */
export function measureHeadPose({ points, depths }: SpatialMesh): HeadPose {
  const pointAt = (index: number): Vector => [
    points[2 * index] as number,
    points[2 * index + 1] as number,
    depths[index] as number,
  ]
  const pairs = MESH_468.flipPairs.map(([right, left]) => subtract(pointAt(left), pointAt(right)))
  const across = normalize(pairs.reduce(add))
  const midline = subtract(pointAt(CHIN), pointAt(FOREHEAD))
  const down = normalize(subtract(midline, scale(across, dot(midline, across))))
  const inward = cross(across, down)
  return {
    yaw: toDegrees(Math.asin(Math.min(1, Math.max(-1, across[2])))),
    pitch: toDegrees(Math.atan2(-down[2], inward[2])),
    roll: toDegrees(Math.atan2(across[1], across[0])),
  }
}

function add(a: Vector, b: Vector): Vector {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

function subtract(a: Vector, b: Vector): Vector {
  return add(a, scale(b, -1))
}

function scale(a: Vector, factor: number): Vector {
  return [a[0] * factor, a[1] * factor, a[2] * factor]
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

function normalize(a: Vector): Vector {
  return scale(a, 1 / Math.hypot(...a))
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

function toDegrees(radians: number): number {
  return (radians * 180) / Math.PI
}
