import { readFileSync } from 'node:fs'
import { type Box, createImage, type Keypoints, mapKeypoints } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { decodeOutputs, GRIDS } from './decode.ts'
import { mergeDetections } from './merge.ts'
import { listRegions, renderViews } from './views.ts'

interface GoldenFace {
  readonly score: number
  /** Left, top, width, height. */
  readonly box: readonly number[]
  readonly points: readonly number[]
}

/** From detect.golden.py. */
interface Golden {
  readonly active: readonly { anchor: number; logit: number; numbers: readonly number[] }[]
  readonly decoded: readonly GoldenFace[]
  readonly merged: readonly GoldenFace[]
}

const golden: Golden = JSON.parse(readFileSync(new URL('detect.golden.json', import.meta.url), 'utf8'))

const counts = GRIDS.map(({ stride, anchors }) => (256 / stride) ** 2 * anchors)
const logits = counts.map((count) => new Float32Array(count).fill(-30))
const boxes = counts.map((count) => new Float32Array(16 * count))
for (const { anchor, logit, numbers } of golden.active) {
  const grid = anchor < (counts[0] as number) ? 0 : 1
  const i = anchor - grid * (counts[0] as number)
  logits[grid]?.fill(logit, i, i + 1)
  boxes[grid]?.set(numbers, 16 * i)
}

interface Face {
  readonly score: number
  readonly box: Box
  readonly points: Keypoints
}

function expectFaces(faces: readonly Face[], expected: readonly GoldenFace[]): void {
  expect(faces).toHaveLength(expected.length)
  for (const [i, { score, box, points }] of faces.entries()) {
    const values = [score, box.left, box.top, box.width, box.height, ...points]
    const face = expected[i] as GoldenFace
    for (const [k, value] of [face.score, ...face.box, ...face.points].entries())
      expect(values[k]).toBeCloseTo(value, 4)
  }
}

test('decodeOutputs decodes anchors as numpy does', () => {
  expectFaces(decodeOutputs({ logits, boxes }, { width: 256 }, 0.3), golden.decoded)
})

test('decodeOutputs takes the anchors of narrow views row by row', () => {
  // The first anchor of the second row, in grids of 8 and 4 columns.
  const rows = [8 * 2, 4 * 6]
  const narrow = rows.map((i) => new Float32Array(2 * i).fill(-30))
  for (const [grid, i] of rows.entries()) narrow[grid]?.fill(5, i, i + 1)
  const zeros = narrow.map(({ length }) => new Float32Array(16 * length))
  const faces = decodeOutputs({ logits: narrow, boxes: zeros }, { width: 128 }, 0.5)
  expect(faces.map(({ box: { left, top } }) => [left, top])).toEqual([
    [8, 24],
    [16, 48],
  ])
})

test('mergeDetections takes the plain mean of detections whose scores are all 0', () => {
  const detections = [0, 2].map((left) => ({
    box: { left, top: 10, width: 20, height: 30 },
    score: 0,
    points: Float32Array.of(left + 5, 20),
  }))
  expect(mergeDetections(detections)).toEqual([
    { box: { left: 1, top: 10, width: 20, height: 30 }, score: 0, points: Float32Array.of(6, 20) },
  ])
})

test('mergeDetections averages points with those of detections that have as many', () => {
  const detect = (left: number, score: number, ...points: number[]) => ({
    box: { left, top: 10, width: 20, height: 30 },
    score,
    points: Float32Array.from(points),
  })
  const detections = [detect(0, 0.75, 5, 20), detect(3, 0.5), detect(4, 0.25, 9, 24)]
  // Left: (0 + 0.5 * 3 + 0.25 * 4) / 1.5; points: 0.75 * (5, 20) + 0.25 * (9, 24).
  const box = { left: expect.closeTo(2.5 / 1.5, 12), top: 10, width: 20, height: 30 }
  expect(mergeDetections(detections)).toEqual([{ box, score: 0.75, points: Float32Array.of(6, 21) }])
})

test('mergeDetections merges by weighted suppression as numpy does', () => {
  expectFaces(mergeDetections(decodeOutputs({ logits, boxes }, { width: 256 }, 0.3)), golden.merged)
  expect(mergeDetections([])).toEqual([])
})

describe('listRegions', () => {
  test.each([
    [640, 480, { left: 0, top: 0, width: 640, height: 480 }],
    [1280, 720, { left: 0, top: -40, width: 1280, height: 800 }],
    [300, 400, { left: 0, top: 0, width: 300, height: 400 }],
    [500, 500, { left: 0, top: 0, width: 500, height: 500 }],
    [2000, 10, { left: 0, top: -120, width: 2000, height: 250 }],
    [1, 1, { left: 0, top: 0, width: 1, height: 1 }],
  ])('is %p x %p extended to whole cells of the network, without tiles', (width, height, region) => {
    expect(listRegions({ width, height }, 1)).toEqual([region])
  })

  test('adds N tiles along the longer side, each overlapping the next by half', () => {
    const [, ...tiles] = listRegions({ width: 600, height: 300 }, 3)
    expect(tiles).toEqual([0, 150, 300].map((left) => ({ left, top: 0, width: 300, height: 300 })))
  })

  test('covers the shorter side with as few tiles as overlap by half, and centers one that is larger', () => {
    const [, ...tiles] = listRegions({ width: 400, height: 900 }, 5)
    expect(tiles.map(({ left, top }) => [left, top])).toEqual(
      [0, 150, 300, 450, 600].flatMap((top) => [0, 100].map((left) => [left, top])),
    )
    const [, ...wide] = listRegions({ width: 90, height: 10 }, 2)
    expect(wide.map(({ left, top, width }) => [left, top, width])).toEqual([
      [0, -25, 60],
      [30, -25, 60],
    ])
  })
})

describe('renderViews', () => {
  // One bright pixel in 512 x 512: it covers a quarter of the pixel (50, 100) of 256 x 256.
  const data = new Uint8Array(512 * 512)
  data[201 * 512 + 100] = 255
  const image = { data, width: 512, height: 512, channels: 1 } as const
  const views = [...renderViews(image, { minScore: 0, tiles: 1, rotations: true })]

  test('renders four rotations, each with the map back to the image', () => {
    expect(views).toHaveLength(4)
    for (const { pixels, toImage } of views) {
      const brightest = pixels.indexOf(pixels.reduce((a, b) => Math.max(a, b)))
      const [x, y] = [Math.floor(brightest / 3) % 256, Math.floor(brightest / 768)]
      expect([...mapKeypoints(toImage, Float32Array.of(x, y))]).toEqual([100.5, 200.5])
    }
  })

  // python3 -c "import numpy as np; a = np.zeros((256, 256)); a[100, 50] = 1;
  //   print([np.argwhere(np.rot90(a, -k))[0].tolist() for k in (0, 2, 1, 3)])"
  test('rotates clockwise as numpy does, every channel alike', () => {
    const expected = [
      [100, 50],
      [155, 205],
      [50, 155],
      [205, 100],
    ]
    for (const [k, { pixels }] of views.entries()) {
      const bright = [...pixels.keys()].filter((i) => (pixels[i] as number) > -0.9)
      const [y, x] = expected[k] as [number, number]
      const first = 3 * (256 * y + x)
      const largest = Math.max(...bright.map((i) => pixels[i] as number))
      expect([0, 1, 2].map((c) => pixels[first + c])).toEqual([largest, largest, largest])
    }
  })

  test('exchanges width and height of views that are rotated by 90 and 270 degrees, with the maps back', () => {
    const wide = createImage(new Uint8Array(512 * 256), 512, 256, 1)
    wide.data[101 * 512 + 60] = 255
    const rotated = [...renderViews(wide, { minScore: 0, tiles: 1, rotations: true })]
    expect(rotated.map(({ width, height }) => [width, height])).toEqual([
      [256, 128],
      [256, 128],
      [128, 256],
      [128, 256],
    ])
    for (const { pixels, width, toImage } of rotated) {
      const brightest = pixels.indexOf(pixels.reduce((a, b) => Math.max(a, b))) / 3
      const point = Float32Array.of(brightest % width, Math.floor(brightest / width))
      expect([...mapKeypoints(toImage, point)]).toEqual([60.5, 100.5])
    }
  })

  test('is black beyond the image, for bytes and for real numbers', () => {
    const white = { width: 32, height: 2, channels: 1 } as const
    const options = { minScore: 0, tiles: 1, rotations: false }
    const [bytes] = renderViews({ ...white, data: new Uint8Array(64).fill(255) }, options)
    const [floats] = renderViews({ ...white, data: new Float32Array(64).fill(0.5) }, options)
    for (const view of [bytes, floats]) {
      expect(view?.pixels[0]).toBe(-1)
      expect(view?.pixels[3 * (16 * 256 + 128)]).toBeCloseTo(1, 6)
    }
  })
})
