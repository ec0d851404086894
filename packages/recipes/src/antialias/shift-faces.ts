import { type Box, cacheDataset, type Dataset, randomStream, type Transform, transformSample } from '@facekp/core'
import { evalTransform } from '../transforms/eval-transform.ts'

/** Displacement of a face in its crop, in pixels of the crop: right and down positive. */
export type Shift = readonly [x: number, y: number]

/** A square crop around the face's box, as a `Frame` with both fields. */
export interface SquareFrame {
  readonly size: number
  readonly margin: number
}

/**
 * Creates a dataset of crops in which each face is shifted by each of the shifts. Every crop is sampled from the face itself, so that a
 * shift by a part of a pixel does not interpolate between pixels of another crop.
 *
 * @param faces with boxes, in more pixels than the crops have, and with more of the image around the face
 * @returns the crop of face i with shift j at index i * shifts.length + j, kept in memory
 */
export function shiftFaces(faces: Dataset, frame: SquareFrame, shifts: readonly Shift[]): Dataset {
  const transform = evalTransform(frame, faces.scheme) as Transform
  return cacheDataset({
    scheme: faces.scheme,
    length: faces.length * shifts.length,
    get: async (index) => {
      const sample = await faces.get(Math.floor(index / shifts.length))
      const [x, y] = shifts[index % shifts.length] as Shift
      const { left, top, width, height } = sample.box as Box
      const pixel = ((1 + 2 * frame.margin) * Math.max(width, height)) / frame.size
      const box = { left: left - x * pixel, top: top - y * pixel, width, height }
      return transformSample(transform, { ...sample, box }, randomStream({ seed: 0, purpose: 'still' }))
    },
  })
}
