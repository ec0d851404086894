import { IBUG_68, type KeypointScheme, type Keypoints, MESH_468 } from '@facekp/core'
import { MESH_TO_IBUG_68 } from '@facekp/landmarker'
import { type FaceLabel, isPlaced } from './labels.ts'

/** A place for each point of a scheme; undefined if nothing says where the point is. */
export type Places = readonly (readonly [x: number, y: number] | undefined)[]

/**
 * Returns, for each point of a scheme, the point of the face mesh that has its name: in the mesh itself or in iBUG's 68 points.
 */
export function findMeshPoints({ pointNames }: KeypointScheme): readonly (number | undefined)[] {
  const named = new Map([
    ...MESH_468.pointNames.map((name, index) => [name, index] as const),
    ...IBUG_68.pointNames.map((name, index) => [name, MESH_TO_IBUG_68[index] as number] as const),
  ])
  return pointNames.map((name) => named.get(name))
}

/** Places points by the mesh of a face. */
export function placeByMesh(mesh: Keypoints, meshPoints: readonly (number | undefined)[]): Places {
  return meshPoints.map((index) =>
    index === undefined ? undefined : [mesh[2 * index] as number, mesh[2 * index + 1] as number],
  )
}

/** Mesh points that a point of another face is tied to. */
const NEIGHBORS = 8

/**
 * Places the points of a labeled face on another face: each point keeps its place relative to the mesh points around it, under the
 * similarity that maps these from one face to the other in the sense of least squares.
 *
 * @param mesh of the other face
 */
export function transferPoints(labeled: FaceLabel, mesh: Keypoints): Places {
  const source = labeled.mesh
  if (!source) return labeled.points.map(() => undefined)
  return labeled.points.map((point) => {
    if (!isPlaced(point)) return undefined
    const { x, y } = point
    const neighbors = findNearest(source, x, y)
    return mapBySimilarity(
      neighbors.map((index) => readPoint(source, index)),
      neighbors.map((index) => readPoint(mesh, index)),
      [x, y],
    )
  })
}

function findNearest(mesh: Keypoints, x: number, y: number): number[] {
  const distances = Array.from({ length: mesh.length / 2 }, (_, index) => {
    const [meshX, meshY] = readPoint(mesh, index)
    return { index, distance: Math.hypot(meshX - x, meshY - y) }
  })
  return distances
    .sort((a, b) => a.distance - b.distance)
    .slice(0, NEIGHBORS)
    .map(({ index }) => index)
}

type Point = readonly [x: number, y: number]

/** Fits `to = a from + b` in complex numbers, and applies it to a point. */
function mapBySimilarity(from: readonly Point[], to: readonly Point[], [x, y]: Point): Point {
  const [fromX, fromY] = computeMean(from)
  const [toX, toY] = computeMean(to)
  let real = 0
  let imaginary = 0
  let norm = 0
  for (const [i, [px, py]] of from.entries()) {
    const [qx, qy] = to[i] as Point
    const [ax, ay, bx, by] = [px - fromX, py - fromY, qx - toX, qy - toY] as const
    real += ax * bx + ay * by
    imaginary += ax * by - ay * bx
    norm += ax * ax + ay * ay
  }
  const scaleReal = norm > 0 ? real / norm : 1
  const scaleImaginary = norm > 0 ? imaginary / norm : 0
  const [dx, dy] = [x - fromX, y - fromY] as const
  return [toX + scaleReal * dx - scaleImaginary * dy, toY + scaleImaginary * dx + scaleReal * dy]
}

function computeMean(points: readonly Point[]): Point {
  const sum = points.reduce<[number, number]>(([sx, sy], [x, y]) => [sx + x, sy + y], [0, 0])
  return [sum[0] / points.length, sum[1] / points.length]
}

function readPoint(points: Keypoints, index: number): Point {
  return [points[2 * index] as number, points[2 * index + 1] as number]
}
