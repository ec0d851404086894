import { readFileSync } from 'node:fs'
import { defineScheme, IBUG_68 } from '@facekp/core'
import { describe, expect, it } from '@jest/globals'
import { evaluateFaces } from './evaluate-faces.ts'
import type { MeasuredFace } from './measured-face.ts'
import type { Normalization } from './normalization.ts'
import { meanAbsoluteError } from './point-errors.ts'

interface Golden {
  readonly faces: readonly Record<'truth' | 'found' | 'visibility', number[]>[]
  readonly by: Record<
    Exclude<Normalization, 'detection'>,
    Record<'threshold' | 'nme' | 'failureRate' | 'auc' | 'percentile90', number> & { readonly byPoint: number[] }
  >
  readonly maePx: number
  readonly errorPx: number
}

const golden: Golden = JSON.parse(readFileSync(new URL('evaluate-faces.golden.json', import.meta.url), 'utf8'))
const faces: MeasuredFace[] = golden.faces.map(({ truth, found, visibility }, i) => ({
  id: `face ${i}`,
  truth: Float32Array.from(truth),
  found: Float32Array.from(found),
  visibility: Uint8Array.from(visibility),
}))

// Two eyes' corners and a chin: eyes 10 apart, all else worked by hand.
const TRIANGLE = defineScheme({
  name: 'triangle',
  pointNames: ['right', 'left', 'chin'],
  mirrorPairs: [[0, 1]],
  parts: [
    { name: 'right eye', indices: [0], closed: false },
    { name: 'left eye', indices: [1], closed: false },
  ],
  normalizingPair: [0, 1],
})
const triangle = (id: string, found: number[], visibility = [2, 2, 2]): MeasuredFace => ({
  id,
  truth: Float32Array.of(0, 0, 10, 0, 5, 10),
  found: Float32Array.from(found),
  visibility: Uint8Array.from(visibility),
})

describe('evaluateFaces', () => {
  it.each(Object.keys(golden.by) as (keyof Golden['by'])[])('agrees with numpy, normalised by %s', (by) => {
    const { threshold, nme, failureRate, auc, percentile90, byPoint } = golden.by[by]
    const found = evaluateFaces(faces, IBUG_68, { by, threshold, resamples: 10 })
    expect(found.nme.value).toBeCloseTo(nme, 6)
    expect(found.failureRate.value).toBe(failureRate)
    expect(found.auc.value).toBeCloseTo(auc, 5)
    expect(found.percentiles[90]).toBeCloseTo(percentile90, 6)
    for (const [point, error] of byPoint.entries()) expect(found.byPoint[point]).toBeCloseTo(error, 6)
    expect(found.maePx.value).toBeCloseTo(golden.maePx, 4)
    expect(found.errorPx.value).toBeCloseTo(golden.errorPx, 4)
  })

  it('gives what is worked by hand', () => {
    const found = evaluateFaces(
      [
        triangle('exact', [0, 0, 10, 0, 5, 10]),
        // 3 + 0 + 0 px over 3 points and 10 px: 0.1.
        triangle('off', [0, 3, 10, 0, 5, 10]),
        // 4 px at the one point that counts beside an exact one: 2 px, 0.2.
        triangle('partly', [4, 0, 10, 0, 99, 99], [2, 2, 0]),
        triangle('unlabelled', [1, 1, 1, 1, 1, 1], [0, 0, 0]),
      ],
      TRIANGLE,
      { threshold: 0.15, subsetOf: ({ id }) => (id === 'exact' ? 'easy' : 'hard') },
    )
    expect(found.faces).toBe(3)
    expect(found.errors.map((error) => Number(error.toFixed(6)))).toEqual([0, 0.1, 0.2])
    expect(found.nme.value).toBeCloseTo(0.1, 6)
    expect(found.failureRate.value).toBeCloseTo(1 / 3, 6)
    // 1, 1/3 and nothing.
    expect(found.auc.value).toBeCloseTo(4 / 9, 6)
    expect(found.percentiles[50]).toBeCloseTo(0.1, 6)
    // (3 + 4) px over 6 + 6 + 4 coordinates.
    expect(found.maePx.value).toBeCloseTo(7 / 16, 6)
    expect(found.byPoint.map((error) => Number(error.toFixed(4)))).toEqual([0.2333, 0, 0])
    expect(found.byPart['right eye']).toBeCloseTo(0.7 / 3, 6)
    expect(found.subsets['easy']?.nme.value).toBe(0)
    expect(found.subsets['hard']?.nme.value).toBeCloseTo(0.15, 6)
    expect(found.subsets['hard']?.faces).toBe(2)
  })

  it.each<[string, MeasuredFace[], Normalization, RegExp]>([
    ['without faces', [], 'interocular', /no face/],
    ['without a box', [triangle('a', [0, 0, 10, 0, 5, 10])], 'detection', /face a.*detection.*without a box/],
    [
      'where the eyes lie on each other',
      [{ id: 'b', truth: new Float32Array(6), found: new Float32Array(6) }],
      'interocular',
      /face b.*length of 0/,
    ],
    [
      'where a point that normalises has no label',
      [triangle('c', [0, 0, 0, 0, 0, 0], [0, 2, 2])],
      'interocular',
      /face c.*point 0 without a label/,
    ],
    [
      'with another number of points',
      [{ id: 'd', truth: new Float32Array(4), found: new Float32Array(4) }],
      'box',
      /face d.*triangle.*received 2.*expected 3/,
    ],
    [
      'a normalisation that there is not',
      [triangle('f', [0, 0, 10, 0, 5, 10])],
      'iod' as never,
      /no such norm.*received iod/,
    ],
    [
      'of a box of no size',
      [{ ...triangle('g', [0, 0, 10, 0, 5, 10]), box: { width: -4, height: -4 } }],
      'detection',
      /face g.*length of 0/,
    ],
    [
      'of a box without end',
      [{ ...triangle('h', [0, 0, 10, 0, 5, 10]), box: { width: 4, height: Number.POSITIVE_INFINITY } }],
      'detection',
      /face h.*length of Infinity/,
    ],
    [
      'where what was found is infinite',
      [triangle('i', [0, 0, 10, Number.NEGATIVE_INFINITY, 5, 10])],
      'box',
      /face i: point 1.*truth 10,0, found 10,-Infinity/,
    ],
    [
      'where what was found is text',
      [{ ...triangle('j', []), found: ['0', '0', '10', '0', '5', '10'] as never }],
      'box',
      /face j: point 0/,
    ],
    [
      'where nothing was found',
      [{ ...triangle('k', []), found: undefined as never }],
      'box',
      /face k.*found is no array/,
    ],
    [
      'where visibility is of other points',
      [triangle('l', [0, 0, 10, 0, 5, 10], [2, 2])],
      'box',
      /face l.*truth 3, found 3, visibility 2/,
    ],
    ['where what was found is no number', [triangle('e', [Number.NaN, 0, 0, 0, 0, 0])], 'box', /face e: point 0/],
  ])('tells %s', (_, given, by, message) => {
    expect(() => evaluateFaces(given, TRIANGLE, { by })).toThrow(message)
  })

  it.each<[object, string]>([
    [{ treshold: 0.1 }, 'METRIC_OPTION'],
    [{ threshold: Number.NaN }, 'METRIC_THRESHOLD'],
    [{ threshold: '0.08' }, 'METRIC_THRESHOLD'],
    [{ seed: Number.NaN }, 'METRIC_BOOTSTRAP'],
  ])('refuses %j', (options, code) => {
    const faces = [triangle('exact', [0, 0, 10, 0, 5, 10])]
    expect(() => evaluateFaces(faces, TRIANGLE, options)).toThrow(expect.objectContaining({ code }))
  })

  it('takes points as plain arrays, and leaves alone what has no label', () => {
    const face = { id: 'plain', truth: [0, 0, 10, 0, Number.NaN, 0], found: [0, 1, 10, 1, 0, Number.NaN] }
    const given = [{ ...face, visibility: [2, 2, 0] }] as never as MeasuredFace[]
    expect(evaluateFaces(given, TRIANGLE).nme.value).toBeCloseTo(0.1, 9)
    expect(meanAbsoluteError(given)).toBe(0.5)
  })

  it('of the mean absolute error alone are refused as well', () => {
    const nothing = triangle('nothing', [Number.NaN, 0, 0, 0, 0, 0])
    expect(() => meanAbsoluteError([nothing])).toThrow(expect.objectContaining({ code: 'METRIC_NOT_FINITE' }))
    expect(() => meanAbsoluteError([])).toThrow(expect.objectContaining({ code: 'METRIC_EMPTY' }))
  })
})
