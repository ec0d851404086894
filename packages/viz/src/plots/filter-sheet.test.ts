import { expect, test } from '@jest/globals'
import { colorAt, expectWellFormed } from '../../fixtures/svg.ts'
import { plotToPng } from '../drawing/png.ts'
import { filterSheet } from './filter-sheet.ts'

/** Two filters of 1 x 2 over one input: (1, -0.5) and (-8, 0). */
const layer = {
  name: 'conv <1>',
  height: 1,
  width: 2,
  inputs: 1,
  filters: 2,
  weights: Float32Array.of(1, -8, -0.5, 0),
}

test('scales each filter by its largest weight: negative black, zero gray, positive white', async () => {
  const plot = await filterSheet([layer], { title: '' })
  const png = plotToPng(plot, { width: plot.width })
  // Margin 16 and label 26, cells of two squares of 36 with a line of 2 between; margin 16, note 44, headline 34.
  const grays = await Promise.all(
    [0, 36, 74, 110].map(async (x) => (await colorAt(png, 42 + x + 18, 94 + 18))[0] as number),
  )
  for (const [i, gray] of [255, 64, 0, 128].entries()) expect(Math.abs((grays[i] as number) - gray)).toBeLessThan(2)
  const [r, , b] = (await colorAt(png, 42 + 72, 94 + 18)) as [number, number, number]
  expect(b - r).toBeGreaterThan(100)
})

test('names layer, filters and inputs', async () => {
  const { svg } = await filterSheet([layer, { ...layer, name: 'conv2' }])
  expectWellFormed(svg)
  expect(svg).toContain('conv &lt;1&gt;: 2 filters (across) of 2 × 1 over 1 input (down)')
  expect(svg).toContain('conv2')
})

test('shows the first filters of a large layer and says how many there are; filters of zeros are gray', async () => {
  const large = { name: 'wide', height: 3, width: 3, inputs: 50, filters: 40, weights: new Float32Array(9 * 50 * 40) }
  const plot = await filterSheet([large], { maxFilters: 4, maxInputs: 3, title: '' })
  expect(plot.svg).toContain('the first 4 of 40 filters (across) of 3 × 3 over the first 3 of 50 inputs (down)')
  expect(await colorAt(plotToPng(plot, { width: plot.width }), 50, 100)).toEqual([128, 128, 128])
})

test('shows all filters and inputs if the limits are Infinity', async () => {
  const large = { name: 'wide', height: 1, width: 1, inputs: 33, filters: 34, weights: new Float32Array(33 * 34) }
  const limits = { maxFilters: Number.POSITIVE_INFINITY, maxInputs: Number.POSITIVE_INFINITY }
  expect((await filterSheet([large], limits)).svg).toContain('wide: 34 filters (across) of 1 × 1 over 33 inputs (down)')
  const options = { maxFilters: Number.NEGATIVE_INFINITY }
  await expect(filterSheet([large], options)).rejects.toMatchObject({
    code: 'ARGUMENT',
    expected: expect.stringContaining('an integer of at least 1, or Infinity'),
  })
})

test('rejects an empty list', async () => {
  await expect(filterSheet([])).rejects.toMatchObject({ code: 'PLOT_EMPTY' })
})
