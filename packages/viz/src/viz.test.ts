import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createImage, createSample, defineScheme, type Sample } from '@facekp/core'
import { decodeImage } from '@facekp/image'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { colorAt, expectWellFormed } from '../fixtures/svg.ts'
import { type EpochMetrics, faceGallery, lossCurves, plotToPng, sampleSheet, writePlot } from './index.ts'
import { PREDICTION, TRUTH } from './theme.ts'

const scheme = defineScheme({
  name: 'three',
  pointNames: ['a', 'b', 'c'],
  flipPairs: [],
  parts: [{ name: 'line', indices: [0, 1], closed: false }],
})

/** A gray picture of 40 x 30 with three points, the last not labeled. */
function face(
  points: number[] = [9.5, 4.5, 19.5, 14.5, 0, 0],
  visibility: number[] = [2, 1, 0],
  id = 'face <1>',
): Sample {
  return createSample({
    id,
    image: createImage(new Uint8Array(1200).fill(128), 40, 30, 1),
    keypoints: Float32Array.from(points),
    visibility: Uint8Array.from(visibility),
  })
}

describe('sampleSheet', () => {
  test('draws each point at the center of its pixel, scaled with the picture, and leaves out those without a label', async () => {
    const { svg } = await sampleSheet([face()], { cellWidth: 80 })
    // Scale 2: (9.5 + 0.5) * 2 = 20, (4.5 + 0.5) * 2 = 10.
    const rings = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => `${x} ${y}`)
    expect([...new Set(rings)]).toEqual(['20 10', '40 30'])
    expectWellFormed(svg)
  })

  test('a point that is not in sight is hollow', async () => {
    const { svg } = await sampleSheet([face()], { cellWidth: 80 })
    expect(svg).toMatch(/cx="20" cy="10" r="3.5" fill="#2bd75c"/)
    expect(svg).not.toMatch(/cx="40" cy="30" r="3.5" fill="#2bd75c"/)
  })

  test('joins the points of a part where a scheme is given, and says each id as text', async () => {
    const { svg } = await sampleSheet([face()], { cellWidth: 80, scheme, title: 'A & B' })
    expect(svg).toContain('points="20,10 40,30"')
    expect(svg).toContain('face &lt;1&gt;')
    expect(svg).toContain('A &amp; B')
  })

  test('has in red what a network found', async () => {
    const { svg } = await sampleSheet([face()], { cellWidth: 80, scheme, isPrediction: true })
    expect(svg).toContain(PREDICTION)
    expect(svg).not.toContain(TRUTH)
  })

  test('lays cells in rows, and draws gray, color and normalized pictures', async () => {
    const rgb = { ...face(), image: createImage(new Uint8Array(3600).fill(9), 40, 30, 3) }
    const real = {
      ...face(),
      image: createImage(
        new Float32Array(1200).map((_, i) => i / 1200 - 0.5),
        40,
        30,
        1,
      ),
    }
    const flat = { ...face(), image: createImage(new Float32Array(1200), 40, 30, 1) }
    const sheet = await sampleSheet([face(), rgb, real, flat], { columns: 3, cellWidth: 60, title: '' })
    expect(sheet.width).toBe(3 * 60 + 2 * 12 + 2 * 16)
    expect(plotToPng(sheet).length).toBeGreaterThan(1000)
  })

  test('nothing to draw is an error', async () => {
    await expect(sampleSheet([])).rejects.toMatchObject({ code: 'PLOT_EMPTY' })
  })
})

describe('faceGallery', () => {
  test('shows truth in green and prediction in red where they are, and the error', async () => {
    const prediction = Float32Array.of(29.5, 4.5, 19.5, 14.5, 0, 0)
    const figure = await faceGallery(
      [{ label: 'Best', faces: [{ sample: face(), predicted: prediction, errorPx: 12.34 }] }],
      {
        cellWidth: 160,
        title: '',
      },
    )
    expectWellFormed(figure.svg)
    expect(figure.svg).toContain('12.3 px')
    expect(figure.svg).toContain('<line x1="40" y1="20" x2="120" y2="20"')
    const png = plotToPng(figure, { width: figure.width })
    // Margin 16, legend 30, label 28: the picture begins at (16, 74), four times as large.
    const [r, g, b] = (await colorAt(png, 16 + 40, 74 + 20 - 5)) as [number, number, number]
    expect(g - Math.max(r, b)).toBeGreaterThan(60)
    const [r2, g2, b2] = (await colorAt(png, 16 + 120 + 3, 74 + 20 + 3)) as [number, number, number]
    expect(r2 - Math.max(g2, b2)).toBeGreaterThan(60)
  })

  test('leaves empty groups out; no face at all, or another number of points, is an error', async () => {
    const sample = face()
    const one = { sample, predicted: sample.keypoints, errorPx: 0 }
    const { svg } = await faceGallery([
      { label: 'Best', faces: [one] },
      { label: 'Worst', faces: [] },
    ])
    expect(svg).not.toContain('Worst')
    await expect(faceGallery([{ label: 'Best', faces: [] }])).rejects.toMatchObject({ code: 'PLOT_EMPTY' })
    await expect(
      faceGallery([{ label: 'Best', faces: [{ ...one, predicted: Float32Array.of(1, 2) }] }]),
    ).rejects.toMatchObject({ code: 'KEYPOINT_COUNT', received: '1', expected: '3' })
  })
})

describe('lossCurves', () => {
  const history: EpochMetrics[] = [1, 2, 3].map((epoch) => ({
    epoch,
    trainLoss: 1 / epoch,
    valLoss: 2 / epoch,
    valErrorPx: 100 / epoch,
  }))

  test('draws both losses, the error and its references', async () => {
    const figure = await lossCurves(history, { references: [{ label: 'mean shape', value: 47.41 }] })
    expectWellFormed(figure.svg)
    for (const text of ['training', 'validation', 'epoch', 'validation error (px)', 'mean shape', '47.4 px']) {
      expect(figure.svg).toContain(text)
    }
    expect(plotToPng(figure).length).toBeGreaterThan(5000)
  })

  test('without validation there is one panel; one epoch and logarithmic axes will do', async () => {
    const only = history.map(({ epoch, trainLoss }) => ({ epoch, trainLoss }))
    const [narrow, wide] = [await lossCurves(only), await lossCurves(history)]
    expect(narrow.width).toBeLessThan(wide.width * 0.7)
    expect((await lossCurves(history.slice(0, 1), { logScale: true })).svg).toContain('loss')
    expect((await lossCurves([{ epoch: 1, trainLoss: 0 }], { logScale: true })).svg).toContain('loss')
  })

  test('no epoch, or a figure that is no number, is an error', async () => {
    await expect(lossCurves([])).rejects.toMatchObject({ code: 'PLOT_EMPTY' })
    await expect(lossCurves([{ epoch: 7, trainLoss: Number.NaN }])).rejects.toMatchObject({
      code: 'PLOT_NOT_FINITE',
      message: expect.stringContaining('trainLoss of epoch 7'),
    })
  })
})

describe('writing', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'facekp-viz-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('a PNG has the size asked for, light or dark', async () => {
    const figure = await sampleSheet([face()], { cellWidth: 80 })
    const light = await decodeImage(plotToPng(figure, { width: 300 }))
    expect(light.width).toBe(300)
    expect(light.data[0]).toBe(255)
    const dark = await decodeImage(plotToPng(figure, { width: 300, theme: 'dark' }))
    expect(dark.data[0]).toBeLessThan(30)
  })

  test('an SVG follows the page: its colors are properties with values for light and dark', async () => {
    await writePlot(await sampleSheet([face()]), join(folder, 'new', 'sheet.svg'))
    const svg = readFileSync(join(folder, 'new', 'sheet.svg'), 'utf8')
    expect(svg).toContain('prefers-color-scheme:dark')
    expect(svg).toContain('fill="var(--paper)"')
    expect(svg).not.toMatch(/(href|src)="(?!data:)/)
  })

  test('an unknown format, and a place where nothing can be written, are errors that name the file', async () => {
    const figure = await sampleSheet([face()])
    await expect(writePlot(figure, join(folder, 'a.gif'))).rejects.toMatchObject({
      code: 'PLOT_FORMAT',
      received: 'gif',
    })
    writeFileSync(join(folder, 'file'), '')
    await expect(writePlot(figure, join(folder, 'file', 'a.png'))).rejects.toMatchObject({
      code: 'PLOT_NOT_WRITTEN',
      file: join(folder, 'file', 'a.png'),
    })
    expect(readdirSync(folder)).toEqual(['file'])
  })

  test('truth and prediction differ by brightness too, not by hue alone', () => {
    const luminance = (hex: string): number =>
      [0.2126, 0.7152, 0.0722].reduce(
        (sum, weight, i) => sum + weight * Number.parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16),
        0,
      )
    expect(luminance(TRUTH) / luminance(PREDICTION)).toBeGreaterThan(1.3)
  })
})
