import { readFileSync } from 'node:fs'
import { type Box, type Keypoints, mapKeypoints } from '@facekp/core'
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

const counts = GRIDS.map(({ cells, anchors }) => cells * cells * anchors)
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
  expectFaces(decodeOutputs({ logits, boxes }, 0.3), golden.decoded)
})

test('mergeDetections merges by weighted suppression as numpy does', () => {
  expectFaces(mergeDetections(decodeOutputs({ logits, boxes }, 0.3)), golden.merged)
  expect(mergeDetections([])).toEqual([])
})

describe('listRegions', () => {
  test('is the square around the image, without tiles', () => {
    expect(listRegions({ width: 640, height: 480 }, 1)).toEqual([{ left: 0, top: -80, width: 640, height: 640 }])
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
  //   print([np.argwhere(np.rot90(a, -k))[0].tolist() for k in range(4)])"
  test('rotates clockwise as numpy does, every channel alike', () => {
    const expected = [
      [100, 50],
      [50, 155],
      [155, 205],
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

  test('is black beyond the image, for bytes and for real numbers', () => {
    const white = { width: 4, height: 2, channels: 1 } as const
    const options = { minScore: 0, tiles: 1, rotations: false }
    const [bytes] = renderViews({ ...white, data: new Uint8Array(8).fill(255) }, options)
    const [floats] = renderViews({ ...white, data: new Float32Array(8).fill(0.5) }, options)
    for (const view of [bytes, floats]) {
      expect(view?.pixels[0]).toBe(-1)
      expect(view?.pixels[3 * (128 * 256 + 128)]).toBeCloseTo(1, 6)
    }
  })
})
