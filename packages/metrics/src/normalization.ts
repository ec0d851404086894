import { boundingBox, FacekpError, type KeypointScheme, type Keypoints } from '@facekp/core'
import { isLabeled, type KeypointPair } from './measured-face.ts'

/**
 * What errors of a face are divided by, in pixels of the original picture:
 *
 * - `interocular`: distance of the outer eye corners (the scheme's normalizing pair): 300-W's own since 2013;
 * - `interpupil`: distance of the eyes' centers, each the mean of its eye's points: Cao et al. and Ren et al., before and beside it;
 * - `box`: square root of width x height of the true points' bounding box: MTCNN, AFLW, Menpo;
 * - `diagonal`: diagonal of that box: 300-W's semi-frontal and profile tracks of Menpo 2017;
 * - `detection`: square root of width x height of the detector's box.
 */
export type Normalization = 'interocular' | 'interpupil' | 'box' | 'diagonal' | 'detection'

/**
 * The length, in pixels, that a face's errors are divided by.
 *
 * Throws `METRIC_NORMALIZATION` where there is no such normalization, where the scheme or the face has not what it takes (no normalizing pair, no eyes, no box, a point without a
 * label), or where the length is 0 or no finite number.
 */
export function normalizer(face: KeypointPair, scheme: KeypointScheme, by: Normalization): number {
  if (!Object.hasOwn(LENGTHS, by)) {
    throw new FacekpError({
      code: 'METRIC_NORMALIZATION',
      problem: 'there is no such normalization',
      received: String(by),
      expected: Object.keys(LENGTHS).join(', '),
    })
  }
  const length = LENGTHS[by](face, scheme)
  if (length > 0 && Number.isFinite(length)) return length
  throw refused(face, by, `a length of ${length}`, 'a finite length above 0')
}

const LENGTHS: Readonly<Record<Normalization, (face: KeypointPair, scheme: KeypointScheme) => number>> = {
  interocular(face, { name, normalizationPair }) {
    if (!normalizationPair)
      throw refused(face, 'interocular', `scheme ${name} without a normalizationPair`, 'another one')
    const [from, to] = normalizationPair.map((index) => center(face, [index], 'interocular')) as [Point, Point]
    return Math.hypot(from[0] - to[0], from[1] - to[1])
  },
  interpupil(face, { name, parts }) {
    const [left, right] = ['left eye', 'right eye'].map((eye) => {
      const part = parts.find((candidate) => candidate.name === eye)
      if (!part) throw refused(face, 'interpupil', `scheme ${name} without a part ${eye}`, 'another one')
      return center(face, part.indices, 'interpupil')
    }) as [Point, Point]
    return Math.hypot(left[0] - right[0], left[1] - right[1])
  },
  box(face) {
    const { width, height } = boxOfPoints(face, 'box')
    return Math.sqrt(width * height)
  },
  diagonal(face) {
    const { width, height } = boxOfPoints(face, 'diagonal')
    return Math.hypot(width, height)
  },
  detection(face) {
    if (!face.box) throw refused(face, 'detection', 'a face without a box', 'faces with their boxes, or another one')
    const { width, height } = face.box
    return width > 0 && height > 0 ? Math.sqrt(width * height) : 0
  },
}

type Point = readonly [x: number, y: number]

/** The mean of some true points. */
function center(face: KeypointPair, indices: readonly number[], by: Normalization): Point {
  let [x, y] = [0, 0]
  for (const index of indices) {
    if (!isLabeled(face, index)) {
      throw refused(face, by, `point ${index} without a label`, 'faces that have that point, or another one')
    }
    x += (face.target[2 * index] as number) / indices.length
    y += (face.target[2 * index + 1] as number) / indices.length
  }
  return [x, y]
}

function boxOfPoints(face: KeypointPair, by: Normalization): { readonly width: number; readonly height: number } {
  const labeled = face.target.filter((_, i) => isLabeled(face, i >> 1)) as Keypoints
  if (labeled.length === 0) throw refused(face, by, 'no labeled point', 'faces with points')
  return boundingBox(labeled)
}

function refused({ id }: KeypointPair, by: Normalization, received: string, expected: string): FacekpError {
  return new FacekpError({
    code: 'METRIC_NORMALIZATION',
    problem: `face ${id}: its errors cannot be normalized by ${by}`,
    received,
    expected,
  })
}
