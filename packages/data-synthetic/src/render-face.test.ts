import { HIDDEN, IBUG_68, IMM_58, type KeypointScheme, randomStream, type Sample, VISIBLE } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import type { FaceParameters, Identity } from './parameters.ts'
import { renderFace } from './render-face.ts'
import { sampleIdentity } from './sample-parameters.ts'

const SIZE = { width: 320, height: 240 }

const identity: Identity = { ...sampleIdentity(randomStream({ seed: 3, purpose: 'test' })), hair: 'bald', beard: 0 }

const FACE: FaceParameters = {
  identity,
  expression: { smile: 0.3, mouthOpen: 0, browRaise: 0, blink: 0, gazeX: 0, gazeY: 0 },
  pose: { yaw: 0, pitch: 0, roll: 0 },
  camera: { x: 0.5, y: 0.45, scale: 0.24, distance: 14 },
  light: { azimuth: 0, elevation: 20, ambient: 0.6, strength: 0.5, spot: 0 },
  background: { color: [0.3, 0.3, 0.3], clutter: 0, seed: 1 },
  sensor: { noise: 0, blur: 0.6, seed: 1 },
}

const render = (changes: Partial<FaceParameters> = {}, scheme: KeypointScheme = IBUG_68): Sample =>
  renderFace({ id: 'face', parameters: { ...FACE, ...changes }, scheme, size: SIZE })

type Bounds = readonly [left: number, top: number, right: number, bottom: number]

/** Bounds of the pixels that differ clearly. */
function differenceBounds(a: Sample, b: Sample): Bounds {
  const xs: number[] = []
  const ys: number[] = []
  for (let i = 0; i < a.image.data.length; i++) {
    if (Math.abs((a.image.data[i] as number) - (b.image.data[i] as number)) < 25) continue
    const pixel = Math.floor(i / 3)
    xs.push(pixel % SIZE.width)
    ys.push(Math.floor(pixel / SIZE.width))
  }
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

function keypointBounds({ keypoints }: Sample, points: readonly number[]): Bounds {
  const xs = points.map((point) => keypoints[2 * point] as number)
  const ys = points.map((point) => keypoints[2 * point + 1] as number)
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

const partIndices = (scheme: KeypointScheme, ...names: string[]): number[] =>
  scheme.parts.filter(({ name }) => names.includes(name)).flatMap(({ indices }) => [...indices])

describe.each([
  ['frontal', FACE.pose],
  ['rotated', { yaw: 25, pitch: 6, roll: -12 }],
])('the keypoints of a %s face match its pixels', (_, pose) => {
  // The pixels that change with a color are those of the part: its edges must match its keypoints within 1.5 pixels.
  test.each<[string, KeypointScheme, number[]]>([
    ['lips of iBUG-68', IBUG_68, partIndices(IBUG_68, 'outer lips')],
    ['mouth of IMM-58', IMM_58, partIndices(IMM_58, 'mouth')],
  ])('%s', (_, scheme, points) => {
    const red = render({ pose, identity: { ...identity, lips: [1, 0, 0] } }, scheme)
    const green = render({ pose, identity: { ...identity, lips: [0, 1, 0] } })
    const bounds = differenceBounds(red, green)
    const expected = keypointBounds(red, points)
    for (const [i, side] of bounds.entries()) expect(Math.abs(side - (expected[i] as number))).toBeLessThan(1.5)
  })

  test.each([
    ['iBUG-68', IBUG_68],
    ['IMM-58', IMM_58],
  ])('upper edge and ends of the brows of %s', (_, scheme) => {
    const black = render({ pose, identity: { ...identity, hairColor: [0, 0, 0] } }, scheme)
    const white = render({ pose, identity: { ...identity, hairColor: [1, 1, 1] } }, scheme)
    const [left, top, right] = differenceBounds(black, white)
    const expected = keypointBounds(black, partIndices(scheme, 'right brow', 'left brow'))
    expect(Math.abs(left - expected[0])).toBeLessThan(2.5)
    expect(Math.abs(top - expected[1])).toBeLessThan(1.5)
    expect(Math.abs(right - expected[2])).toBeLessThan(2.5)
  })
})

test('the chin keypoint lies at the lower edge of the face', () => {
  const sample = render({ identity: { ...identity, skin: [1, 0.2, 0.2] } })
  const chin = Math.round(sample.keypoints[17] as number)
  const x = Math.round(sample.keypoints[16] as number)
  const red = (y: number): number => sample.image.data[3 * (y * SIZE.width + x)] as number
  // The neck behind it is darker.
  expect(red(chin - 4) - red(chin + 4)).toBeGreaterThan(15)
})

test('a rotated head hides its far side, and points outside the image are hidden', () => {
  const areVisible = (sample: Sample, ...points: number[]): boolean =>
    points.every((point) => sample.visibility[point] === VISIBLE)
  expect(areVisible(render(), 36, 39, 42, 45, 30, 48, 54)).toBe(true)
  const rotated = render({ pose: { yaw: 60, pitch: 0, roll: 0 } })
  expect(rotated.visibility[16]).toBe(HIDDEN)
  expect(areVisible(rotated, 36, 39)).toBe(true)
  const offCenter = render({ camera: { ...FACE.camera, x: 0 } })
  expect(offCenter.visibility[36]).toBe(HIDDEN)
  expect(offCenter.keypoints[72]).toBeLessThan(0)
  expect(offCenter.visibility[45]).toBe(VISIBLE)
})

test('the same parameters give the same image, also after other faces, and another sensor seed other noise', () => {
  const noisy = { ...FACE.sensor, noise: 5 }
  const first = render({ sensor: noisy })
  expect(render({ camera: { ...FACE.camera, x: 0.2 } }).image.data).not.toEqual(first.image.data)
  expect(render({ sensor: noisy })).toEqual(first)
  expect(render({ sensor: { ...noisy, seed: 2 } }).image.data).not.toEqual(render({ sensor: noisy }).image.data)
})
