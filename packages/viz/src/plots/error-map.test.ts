import { defineScheme } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { expectWellFormed } from '../../fixtures/svg.ts'
import { plotToPng } from '../drawing/png.ts'
import { errorMap } from './error-map.ts'

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

/** Parses center and radius of the rings, that of the largest error last. */
const parseRings = (svg: string): string[] =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"[^>]*fill-opacity/g)].map(
    ([, x, y, r]) => `${x} ${y} ${r}`,
  )

test('draws each point on the mean shape with a ring whose radius is its error', async () => {
  const plot = await errorMap(errors)
  expectWellFormed(plot.svg)
  // With its rings the face is 116 wide and 248 high: at scale 2 it fills the 496 available; pixel centers add half a pixel.
  expect(parseRings(plot.svg)).toEqual(['152.5 36.5 8', '252.5 488.5 20', '352.5 36.5 24'])
  expect(plotToPng(plot).length).toBeGreaterThan(5000)
})

test('divides the radii of large errors, so that rings stay small beside the face', async () => {
  const { svg } = await errorMap({ ...errors, pointErrorsPx: [16, 48, 40] })
  expect(parseRings(svg)).toEqual(parseRings((await errorMap(errors)).svg))
  expect(svg).toContain('ring radius: mean error of the point / 4')
})

test('shows parts and worst points with their errors, and the color scale', async () => {
  const { svg } = await errorMap(errors, { title: 'Errors' })
  for (const text of ['line', 'dot', '6.0 px', '1 second', '2 third &amp; last', '4.0 px', '12.0 px', 'Errors']) {
    expect(svg.replaceAll(/\s+/g, ' ')).toContain(text)
  }
})

test.each([Number.NaN, Infinity])('omits points and parts with an error of %d', async (error) => {
  const { svg } = await errorMap({
    ...errors,
    pointErrorsPx: [4, error, 4],
    partErrors: [
      { name: 'line', errorPx: 4 },
      { name: 'dot', errorPx: error },
    ],
  })
  expect(parseRings(svg)).toHaveLength(2)
  expect(svg).not.toContain('second')
  expect(svg).not.toContain('>dot<')
  expect(svg).not.toMatch(/NaN|Infinity/)
})

test('shows points and parts without any deviation', async () => {
  const plot = await errorMap({
    ...errors,
    pointErrorsPx: [0, 0, 0],
    partErrors: [{ name: 'line', errorPx: 0 }],
  })
  expectWellFormed(plot.svg)
  expect(plot.svg).not.toContain('NaN')
  // Columns of labels are 90 pixels wide.
  expect(plot.svg).toContain('<rect x="90" y="32" width="0" height="20"')
})

test('rejects errors of NaN only and another number of points', async () => {
  await expect(errorMap({ ...errors, pointErrorsPx: [Number.NaN, Number.NaN, Number.NaN] })).rejects.toMatchObject({
    code: 'PLOT_EMPTY',
  })
  await expect(errorMap({ ...errors, pointErrorsPx: [1, 2] })).rejects.toMatchObject({
    code: 'KEYPOINT_COUNT',
    received: '2 errors, 3 points',
    expected: '3',
  })
})
