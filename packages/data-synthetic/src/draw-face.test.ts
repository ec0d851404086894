import { HIDDEN, IBUG_68, IMM_58, type KeypointScheme, randomStream, type Sample, VISIBLE } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { drawFace } from './draw-face.ts'
import { drawIdentity, type FaceParameters } from './parameters.ts'

const [WIDTH, HEIGHT] = [320, 240]

const identity = { ...drawIdentity(randomStream({ seed: 3, purpose: 'test' })), hair: 'bald' as const, beard: 0 }

const FACE: FaceParameters = {
  identity,
  expression: { smile: 0.3, mouthOpen: 0, browRaise: 0, blink: 0, gazeX: 0, gazeY: 0 },
  pose: { yaw: 0, pitch: 0, roll: 0 },
  camera: { x: 0.5, y: 0.45, scale: 0.24, distance: 14 },
  light: { azimuth: 0, elevation: 20, ambient: 0.6, strength: 0.5, spot: 0 },
  background: { color: [0.3, 0.3, 0.3], clutter: 0, seed: 1 },
  sensor: { noise: 0, blur: 0.6, seed: 1 },
}

const draw = (change: Partial<FaceParameters> = {}, scheme: KeypointScheme = IBUG_68): Sample =>
  drawFace('face', { ...FACE, ...change }, scheme, WIDTH, HEIGHT)

/** The box of all pixels that differ clearly, [left, top, right, bottom]. */
function changedBox(a: Sample, b: Sample): number[] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < a.image.data.length; i++) {
    if (Math.abs((a.image.data[i] as number) - (b.image.data[i] as number)) < 25) continue
    const pixel = Math.floor(i / 3)
    const [x, y] = [pixel % WIDTH, Math.floor(pixel / WIDTH)]
    ;[left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)]
  }
  return [left, top, right, bottom]
}

/** The box around some points. */
function pointBox({ keypoints }: Sample, points: readonly number[]): number[] {
  const xs = points.map((point) => keypoints[2 * point] as number)
  const ys = points.map((point) => keypoints[2 * point + 1] as number)
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

const partOf = (scheme: KeypointScheme, ...names: string[]): number[] =>
  scheme.parts.filter(({ name }) => names.includes(name)).flatMap(({ indices }) => [...indices])

describe.each([
  ['straight', FACE.pose],
  ['turned', { yaw: 25, pitch: 6, roll: -12 }],
])('the points of a face that is %s lie where the picture has them', (_, pose) => {
  // What changes with a color is the part itself: its edges must be where its points say, to 1.5 pixels.
  test.each<[string, KeypointScheme, number[], Partial<FaceParameters>]>([
    ['lips of iBUG-68', IBUG_68, partOf(IBUG_68, 'outer lips'), { identity: { ...identity, lips: [0, 1, 0] } }],
    ['mouth of IMM-58', IMM_58, partOf(IMM_58, 'mouth'), { identity: { ...identity, lips: [0, 1, 0] } }],
  ])('%s', (_, scheme, points, change) => {
    const before = draw({ pose, identity: { ...identity, lips: [1, 0, 0] } }, scheme)
    const box = changedBox(before, draw({ pose, ...change }, scheme))
    const expected = pointBox(before, points)
    for (const [i, side] of box.entries()) expect(Math.abs(side - (expected[i] as number))).toBeLessThan(1.5)
  })

  test.each([
    ['iBUG-68', IBUG_68, ['right brow', 'left brow']],
    ['IMM-58', IMM_58, ['right brow', 'left brow']],
  ] as const)('upper edge and ends of the brows of %s', (_, scheme, names) => {
    const before = draw({ pose, identity: { ...identity, hairColor: [0, 0, 0] } }, scheme)
    const after = draw({ pose, identity: { ...identity, hairColor: [1, 1, 1] } }, scheme)
    const [left, top, right] = changedBox(before, after)
    const [expectedLeft, expectedTop, expectedRight] = pointBox(before, partOf(scheme, ...names))
    expect(Math.abs((left as number) - (expectedLeft as number))).toBeLessThan(2.5)
    expect(Math.abs((top as number) - (expectedTop as number))).toBeLessThan(1.5)
    expect(Math.abs((right as number) - (expectedRight as number))).toBeLessThan(2.5)
  })
})

test('the chin is where the face ends', () => {
  const sample = draw({ identity: { ...identity, skin: [1, 0.2, 0.2] } })
  const chin = Math.round(sample.keypoints[17] as number)
  const x = Math.round(sample.keypoints[16] as number)
  const red = (y: number): number => sample.image.data[3 * (y * WIDTH + x)] as number
  // The neck behind is darker than the chin.
  expect(red(chin - 4) - red(chin + 4)).toBeGreaterThan(15)
})

test('a head that turns away hides its far eye, and a picture that ends hides points too', () => {
  const visible = (sample: Sample, ...points: number[]): boolean =>
    points.every((point) => sample.visibility[point] === VISIBLE)
  expect(visible(draw(), 36, 39, 42, 45, 30, 48, 54)).toBe(true)
  const turned = draw({ pose: { yaw: 60, pitch: 0, roll: 0 } })
  expect(turned.visibility[16]).toBe(HIDDEN)
  expect(visible(turned, 36, 39)).toBe(true)
  const cut = draw({ camera: { ...FACE.camera, x: 0 } })
  expect(cut.visibility[36]).toBe(HIDDEN)
  expect(cut.keypoints[72]).toBeLessThan(0)
  expect(cut.visibility[45]).toBe(VISIBLE)
})

test('the same parameters give the same picture, and each sensor seed another noise', () => {
  const noisy = { ...FACE.sensor, noise: 5 }
  expect(draw({ sensor: noisy }).image.data).toEqual(draw({ sensor: noisy }).image.data)
  expect(draw({ sensor: { ...noisy, seed: 2 } }).image.data).not.toEqual(draw({ sensor: noisy }).image.data)
})
