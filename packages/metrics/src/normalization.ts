import { boundingBox, checkArgument, FacekpError, formatValue, type KeypointScheme, type Keypoints } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { isLabeled, type KeypointPair } from './keypoint-pair.ts'

/**
 * The length that a face's errors are divided by, in pixels of the original image:
 *
 * - `interocular`: distance between the outer eye corners (the scheme's `normalizationPair`); 300-W since 2013
 * - `interpupil`: distance between the eye centers, each the mean of its eye's points; Cao et al., Ren et al.
 * - `box`: sqrt(width * height) of the target points' bounding box; MTCNN, AFLW, Menpo
 * - `diagonal`: diagonal of that box; Menpo 2017, semi-frontal and profile tracks
 * - `detection`: sqrt(width * height) of the face detector's box
 */
export type Normalization = 'interocular' | 'interpupil' | 'box' | 'diagonal' | 'detection'

/**
 * Computes the length, in pixels, that a face's errors are divided by.
 *
 * @throws FacekpError `METRIC_NORMALIZATION` if the normalization is unknown, if the scheme or the face lacks what it needs (normalization
 *   pair, eye parts, box, labeled points), or if the length is 0 or not finite
 */
export function normalizationLength(pair: KeypointPair, scheme: KeypointScheme, normalization: Normalization): number {
  checkArgument(KINDS.object, pair, 'pair', 'normalizationLength')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'normalizationLength')
  if (typeof normalization !== 'string' || !Object.hasOwn(LENGTHS, normalization)) {
    throw new FacekpError({
      code: 'METRIC_NORMALIZATION',
      problem: 'option normalization',
      received: typeof normalization === 'string' ? normalization : formatValue(normalization),
      expected: Object.keys(LENGTHS).join(', '),
    })
  }
  const length = LENGTHS[normalization](pair, scheme)
  if (length > 0 && Number.isFinite(length)) return length
  throw normalizationError(pair, normalization, `a length of ${length}`, 'a finite length above 0')
}

const LENGTHS: Readonly<Record<Normalization, (pair: KeypointPair, scheme: KeypointScheme) => number>> = {
  interocular(pair, { name, normalizationPair }) {
    if (!normalizationPair) {
      const expected = 'a scheme with a normalizationPair, or another normalization'
      throw normalizationError(pair, 'interocular', `scheme ${name} without a normalizationPair`, expected)
    }
    const [first, second] = normalizationPair
    return distance(centerPoint(pair, [first], 'interocular'), centerPoint(pair, [second], 'interocular'))
  },
  interpupil(pair, scheme) {
    return distance(eyeCenter(pair, scheme, 'left eye'), eyeCenter(pair, scheme, 'right eye'))
  },
  box(pair) {
    const { width, height } = targetBox(pair, 'box')
    return Math.sqrt(width * height)
  },
  diagonal(pair) {
    const { width, height } = targetBox(pair, 'diagonal')
    return Math.hypot(width, height)
  },
  detection(pair) {
    if (!pair.box) {
      throw normalizationError(pair, 'detection', 'a face without a box', 'a face with a box, or another normalization')
    }
    const { width, height } = pair.box
    return width > 0 && height > 0 ? Math.sqrt(width * height) : 0
  },
}

type Point = readonly [x: number, y: number]

function distance([x0, y0]: Point, [x1, y1]: Point): number {
  return Math.hypot(x0 - x1, y0 - y1)
}

function eyeCenter(pair: KeypointPair, { name, parts }: KeypointScheme, eye: string): Point {
  const part = parts.find((candidate) => candidate.name === eye)
  if (part) return centerPoint(pair, part.indices, 'interpupil')
  const expected = `a scheme with a part ${eye}, or another normalization`
  throw normalizationError(pair, 'interpupil', `scheme ${name} without a part ${eye}`, expected)
}

/** Computes the mean of some target points. */
function centerPoint(pair: KeypointPair, indices: readonly number[], normalization: Normalization): Point {
  let x = 0
  let y = 0
  for (const index of indices) {
    if (!isLabeled(pair, index)) {
      const expected = 'a face with a label for this point, or another normalization'
      throw normalizationError(pair, normalization, `point ${index} without a label`, expected)
    }
    x += (pair.target[2 * index] as number) / indices.length
    y += (pair.target[2 * index + 1] as number) / indices.length
  }
  return [x, y]
}

function targetBox(
  pair: KeypointPair,
  normalization: Normalization,
): { readonly width: number; readonly height: number } {
  const labeled = pair.target.filter((_, i) => isLabeled(pair, i >> 1)) as Keypoints
  if (labeled.length > 0) return boundingBox(labeled)
  throw normalizationError(pair, normalization, 'no labeled points', 'at least one labeled point')
}

function normalizationError(
  { id }: KeypointPair,
  normalization: Normalization,
  received: string,
  expected: string,
): FacekpError {
  return new FacekpError({
    code: 'METRIC_NORMALIZATION',
    problem: `face ${id}: cannot normalize its errors by ${normalization}`,
    received,
    expected,
  })
}
