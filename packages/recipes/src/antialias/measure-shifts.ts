import type { Dataset } from '@facekp/core'
import { predict } from '@facekp/trainer'
import type * as tfl from '@tensorflow/tfjs-layers'
import { type Shift, type SquareFrame, shiftFaces } from './shift-faces.ts'

const FRAMES = 32

/** A circle with a radius of 2 px, on which a face moves by 0.4 px from frame to frame; it ends before it begins anew. */
const PATH: readonly Shift[] = Array.from({ length: FRAMES }, (_, frame) => {
  const angle = (2 * Math.PI * frame) / FRAMES
  return [2 * Math.cos(angle), 2 * Math.sin(angle)]
})

/** No shift, then one to each side. */
const createShifts = (length: number): Shift[] => [
  [0, 0],
  [length, 0],
  [-length, 0],
  [0, length],
  [0, -length],
]

type ShiftMetric = 'halfShiftPx' | 'quarterShiftPx' | 'jitterPx'

const SHIFTS: Readonly<Record<ShiftMetric, readonly Shift[]>> = {
  halfShiftPx: createShifts(1 / 2),
  quarterShiftPx: createShifts(1 / 4),
  jitterPx: PATH,
}

/** Crops of faces, shifted for each metric. */
export type ShiftedFaces = Readonly<Record<ShiftMetric, Dataset>>

/** Creates the crops for {@link measureShifts}; see {@link shiftFaces}. */
export function createShiftedFaces(faces: Dataset, frame: SquareFrame): ShiftedFaces {
  const create = (metric: ShiftMetric): Dataset => shiftFaces(faces, frame, SHIFTS[metric])
  return { halfShiftPx: create('halfShiftPx'), quarterShiftPx: create('quarterShiftPx'), jitterPx: create('jitterPx') }
}

/**
 * Measures how far points move, beyond the shift itself, when a face is shifted by half and by a quarter of a pixel, and their jitter
 * when it moves smoothly: the root mean square, over all coordinates, of the second difference from frame to frame of what they move
 * beyond the face.
 *
 * @returns in pixels of the network's input
 */
export async function measureShifts(model: tfl.LayersModel, faces: ShiftedFaces): Promise<Record<ShiftMetric, number>> {
  const measureShift = async (metric: 'halfShiftPx' | 'quarterShiftPx'): Promise<number> => {
    const residuals = await predictResiduals(model, faces[metric], SHIFTS[metric])
    return mean(residuals.flatMap(([still, ...moved]) => moved.map((points) => meanDistance(points, still as Points))))
  }
  const paths = await predictResiduals(model, faces.jitterPx, SHIFTS.jitterPx)
  return {
    halfShiftPx: await measureShift('halfShiftPx'),
    quarterShiftPx: await measureShift('quarterShiftPx'),
    jitterPx: Math.sqrt(mean(paths.flatMap(squaredSecondDifferences))),
  }
}

/** x0 y0 x1 y1 ... in pixels. */
type Points = Float32Array

/** Predicts the points of each face with each shift, and subtracts the shift. */
async function predictResiduals(
  model: tfl.LayersModel,
  crops: Dataset,
  shifts: readonly Shift[],
): Promise<readonly Points[][]> {
  const { predictions } = await predict(model, crops)
  const residuals = predictions.map(({ points }, index) => {
    const shift = shifts[index % shifts.length] as Shift
    return points.map((value, i) => value - (shift[i % 2] as number))
  })
  const faces = Array.from({ length: residuals.length / shifts.length }, (_, face) => face * shifts.length)
  return faces.map((start) => residuals.slice(start, start + shifts.length))
}

/** Squares of the second differences of all coordinates along a closed path; one mean for each frame. */
function squaredSecondDifferences(path: readonly Points[]): number[] {
  return path.map((points, frame) => {
    const previous = path.at(frame - 1) as Points
    const next = path[(frame + 1) % path.length] as Points
    const differences = [...points].map((value, i) => (previous[i] as number) - 2 * value + (next[i] as number))
    return mean(differences.map((difference) => difference ** 2))
  })
}

function meanDistance(a: Points, b: Points): number {
  const distances: number[] = []
  for (let i = 0; i < a.length; i += 2) {
    distances.push(Math.hypot((a[i] as number) - (b[i] as number), (a[i + 1] as number) - (b[i + 1] as number)))
  }
  return mean(distances)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
