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

/** The place that the name of a point says counts as much as this number of labeled faces. */
const NAME_WEIGHT = 0.5

/**
 * Places the points of a face as a person placed them on labeled faces: each keeps its mean offset from a point of the mesh, turned and
 * scaled with the face. That point of the mesh is the one with its name, or else the one that is nearest on the labeled face.
 *
 * @param mesh of the face
 * @param meshPoints of {@link findMeshPoints}
 */
export function placeByLabels(
  mesh: Keypoints,
  meshPoints: readonly (number | undefined)[],
  labeled: readonly FaceLabel[],
): Places {
  const references = labeled.flatMap(({ mesh: source, points }) =>
    source ? [{ source, points, turn: fitTurn(source, mesh) }] : [],
  )
  return meshPoints.map((named, point) => {
    const places = references.flatMap(({ source, points, turn }) => {
      const label = points[point]
      if (!label || !isPlaced(label)) return []
      const anchor = named ?? findNearest(source, label)
      const [x, y] = readPoint(source, anchor)
      const [dx, dy] = turnOffset(turn, [label.x - x, label.y - y])
      const [meshX, meshY] = readPoint(mesh, anchor)
      return [[meshX + dx, meshY + dy] as const]
    })
    return computeMean(places, named === undefined ? undefined : readPoint(mesh, named))
  })
}

function findNearest(mesh: Keypoints, { x, y }: { readonly x: number; readonly y: number }): number {
  let nearest = 0
  let least = Infinity
  for (let index = 0; index < mesh.length / 2; index++) {
    const [meshX, meshY] = readPoint(mesh, index)
    const distance = Math.hypot(meshX - x, meshY - y)
    if (distance >= least) continue
    least = distance
    nearest = index
  }
  return nearest
}

type Point = readonly [x: number, y: number]

/** A rotation and a scaling, as the complex number `real + i imaginary`. */
interface Turn {
  readonly real: number
  readonly imaginary: number
}

/** Fits the rotation and scaling from one mesh to another, in the sense of least squares. */
function fitTurn(from: Keypoints, to: Keypoints): Turn {
  const [fromX, fromY] = computeCenter(from)
  const [toX, toY] = computeCenter(to)
  let real = 0
  let imaginary = 0
  let norm = 0
  for (let index = 0; index < from.length / 2; index++) {
    const [x, y] = readPoint(from, index)
    const [u, v] = readPoint(to, index)
    const [ax, ay, bx, by] = [x - fromX, y - fromY, u - toX, v - toY] as const
    real += ax * bx + ay * by
    imaginary += ax * by - ay * bx
    norm += ax * ax + ay * ay
  }
  return norm > 0 ? { real: real / norm, imaginary: imaginary / norm } : { real: 1, imaginary: 0 }
}

function turnOffset({ real, imaginary }: Turn, [x, y]: Point): Point {
  return [real * x - imaginary * y, imaginary * x + real * y]
}

function computeCenter(mesh: Keypoints): Point {
  return computeMean(Array.from({ length: mesh.length / 2 }, (_, index) => readPoint(mesh, index))) as Point
}

/** Computes the mean of places and of a first guess, which counts less; undefined without both. */
function computeMean(places: readonly Point[], guess?: Point): Point | undefined {
  const weight = guess ? NAME_WEIGHT : 0
  const count = places.length + weight
  if (count === 0) return undefined
  const sum = (axis: 0 | 1): number =>
    places.reduce((total, place) => total + place[axis], weight * (guess?.[axis] ?? 0))
  return [sum(0) / count, sum(1) / count]
}

function readPoint(points: Keypoints, index: number): Point {
  return [points[2 * index] as number, points[2 * index + 1] as number]
}
