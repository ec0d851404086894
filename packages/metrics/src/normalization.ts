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
  checkNormalization(normalization, scheme)
  const length = LENGTHS[normalization](pair, scheme)
  if (length > 0 && Number.isFinite(length)) return length
  throw normalizationError(pair, normalization, `a length of ${length}`, 'a finite length above 0')
}

/** Throws `METRIC_NORMALIZATION` if a normalization is unknown, or a scheme lacks the normalization pair or the eye parts that it needs. */
export function checkNormalization(normalization: Normalization, scheme: KeypointScheme): void {
  if (typeof normalization !== 'string' || !Object.hasOwn(LENGTHS, normalization)) {
    throw new FacekpError({
      code: 'METRIC_NORMALIZATION',
      problem: 'option normalization',
      received: typeof normalization === 'string' ? normalization : formatValue(normalization),
      expected: Object.keys(LENGTHS).join(', '),
    })
  }
  if (normalization === 'interocular') getNormalizationPair(scheme)
  if (normalization === 'interpupil') for (const eye of EYES) getEye(scheme, eye)
}

/** The parts of a scheme whose centers `interpupil` takes. */
const EYES = ['left eye', 'right eye'] as const

const LENGTHS: Readonly<Record<Normalization, (pair: KeypointPair, scheme: KeypointScheme) => number>> = {
  interocular(pair, scheme) {
    const [first, second] = getNormalizationPair(scheme)
    return distance(
      centerPoint(pair, scheme, [first], 'interocular'),
      centerPoint(pair, scheme, [second], 'interocular'),
    )
  },
  interpupil(pair, scheme) {
    const [left, right] = EYES.map((eye) => centerPoint(pair, scheme, getEye(scheme, eye), 'interpupil')) as [
      Point,
      Point,
    ]
    return distance(left, right)
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

function getNormalizationPair({ name, normalizationPair }: KeypointScheme): readonly [number, number] {
  if (normalizationPair) return normalizationPair
  const received = `scheme ${name} without a normalizationPair`
  throw schemeError('interocular', received, 'a scheme with a normalizationPair, or another normalization')
}

/** Returns the points of an eye. */
function getEye({ name, parts }: KeypointScheme, eye: (typeof EYES)[number]): readonly number[] {
  const part = parts.find((candidate) => candidate.name === eye)
  if (part) return part.indices
  const received = `scheme ${name} without a part ${eye}`
  throw schemeError('interpupil', received, `a scheme with a part ${eye}, or another normalization`)
}

function schemeError(normalization: Normalization, received: string, expected: string): FacekpError {
  const problem = `cannot normalize errors by ${normalization}`
  return new FacekpError({ code: 'METRIC_NORMALIZATION', problem, received, expected })
}

/** Computes the mean of some target points. */
function centerPoint(
  pair: KeypointPair,
  { pointNames }: KeypointScheme,
  indices: readonly number[],
  normalization: Normalization,
): Point {
  let x = 0
  let y = 0
  for (const index of indices) {
    if (!isLabeled(pair, index)) {
      const expected = 'a face with a label for this point, or another normalization'
      throw normalizationError(pair, normalization, `point ${index} (${pointNames[index]}) without a label`, expected)
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
