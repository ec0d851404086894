import { createImage } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { colorAt, expectWellFormed } from '../../fixtures/svg.ts'
import { plotToPng } from '../drawing/png.ts'
import { featureMapSheet } from './feature-map-sheet.ts'

const image = createImage(new Uint8Array(8).fill(200), 4, 2, 1)
/** Two maps of 2 x 1: the first rises from left to right, the second is the same everywhere. */
const layer = { name: 'conv1', height: 1, width: 2, channels: 2, values: Float32Array.of(-3, 7, 5, 7) }

test('scales each map from black to white, numbers the maps and marks constant ones', async () => {
  const plot = await featureMapSheet(image, [layer], { title: '' })
  expectWellFormed(plot.svg)
  for (const text of ['input: 4 × 2', 'conv1: 2 maps of 2 × 1', '>0<', '>1 constant<']) expect(plot.svg).toContain(text)
  const png = plotToPng(plot, { width: plot.width })
  // Margin 16; the input is 240 x 120 below a line of 20; after a gap of 28 and another line, maps of 153 x 77.
  const top = 16 + 20 + 120 + 28 + 20
  expect((await colorAt(png, 16 + 120, 16 + 20 + 60))[0]).toBe(200)
  expect((await colorAt(png, 16 + 10, top + 30))[0]).toBeLessThan(60)
  expect((await colorAt(png, 16 + 143, top + 30))[0]).toBeGreaterThan(195)
  expect((await colorAt(png, 16 + 161 + 70, top + 30))[0]).toBe(0)
})

test('shows the first maps of a deep layer and says how many there are', async () => {
  const deep = { ...layer, channels: 100, values: new Float32Array(200) }
  expect((await featureMapSheet(image, [deep], { maxMaps: 8 })).svg).toContain('the first 8 of 100 maps')
})

test('shows all maps if the limit is Infinity', async () => {
  const deep = { ...layer, channels: 33, values: new Float32Array(66) }
  const { svg } = await featureMapSheet(image, [deep], { maxMaps: Number.POSITIVE_INFINITY })
  expect(svg).toContain('conv1: 33 maps of 2 × 1')
})

test('rejects an empty list', async () => {
  await expect(featureMapSheet(image, [])).rejects.toMatchObject({ code: 'PLOT_EMPTY' })
})
