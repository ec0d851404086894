import { defineScheme } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { expectWellFormed } from '../fixtures/svg.ts'
import { errorMap } from './error-map.ts'
import { plotToPng } from './png.ts'

const scheme = defineScheme({
  name: 'three',
  pointNames: ['first', 'second', 'third & last'],
  flipPairs: [],
  parts: [
    { name: 'line', indices: [0, 1], closed: false },
    { name: 'dot', indices: [2], closed: false },
  ],
})
const errors = {
  scheme,
  meanShape: Float32Array.of(100, 50, 200, 50, 150, 276),
  pointErrorsPx: [4, 12, 10],
  partErrors: [
    { name: 'line', errorPx: 6 },
    { name: 'dot', errorPx: 6 },
  ],
}

/** Radius and place of the rings, the largest error's last. */
const rings = (svg: string): string[] =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"[^>]*fill-opacity/g)].map(
    ([, x, y, r]) => `${x} ${y} ${r}`,
  )

test('a ring is as wide as its error on the mean face, and points lie as there', async () => {
  const figure = await errorMap(errors)
  expectWellFormed(figure.svg)
  // With its rings the face is 116 wide and 248 high: twice as large it fills the 496 that there are; a point is half a pixel on.
  expect(rings(figure.svg)).toEqual(['152.5 36.5 8', '252.5 488.5 20', '352.5 36.5 24'])
  expect(plotToPng(figure).length).toBeGreaterThan(5000)
})

test('of large errors a ring tells a part, so that it stays small beside the face', async () => {
  const { svg } = await errorMap({ ...errors, pointErrorsPx: [16, 48, 40] })
  expect(rings(svg)).toEqual(rings((await errorMap(errors)).svg))
  expect(svg).toContain('the radius of its ring is 1/4 of its mean error')
})

test('names parts and the worst points with their errors, and its scale', async () => {
  const { svg } = await errorMap(errors, { title: 'Errors' })
  for (const text of ['line', 'dot', '6.0 px', '1 second', '2 third &amp; last', '4.0 px', '12.0 px', 'Errors']) {
    expect(svg.replaceAll(/\s+/g, ' ')).toContain(text)
  }
})

test('a point without an error is left out, as is a part without one', async () => {
  const { svg } = await errorMap({
    ...errors,
    pointErrorsPx: [4, Number.NaN, 4],
    partErrors: [
      { name: 'line', errorPx: 4 },
      { name: 'dot', errorPx: Number.NaN },
    ],
  })
  expect(rings(svg)).toHaveLength(2)
  expect(svg).not.toContain('second')
  expect(svg).not.toContain('>dot<')
  expect(svg).not.toContain('NaN')
})

test('no error at all, or another number of points, is an error', async () => {
  await expect(errorMap({ ...errors, pointErrorsPx: [Number.NaN, Number.NaN, Number.NaN] })).rejects.toMatchObject({
    code: 'PLOT_EMPTY',
  })
  await expect(errorMap({ ...errors, pointErrorsPx: [1, 2] })).rejects.toMatchObject({
    code: 'KEYPOINT_COUNT',
    received: '2 errors, 3 points',
    expected: '3',
  })
})
