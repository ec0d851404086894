import { readFileSync } from 'node:fs'
import { defineScheme, IBUG_68 } from '@facekp/core'
import { describe, expect, it } from '@jest/globals'
import { evaluateKeypoints } from './evaluate-faces.ts'
import type { KeypointPair } from './measured-face.ts'
import type { Normalization } from './normalization.ts'
import { meanAbsoluteError } from './point-errors.ts'

interface Golden {
  readonly faces: readonly Record<'target' | 'predicted' | 'visibility', number[]>[]
  readonly by: Record<
    Exclude<Normalization, 'detection'>,
    Record<'threshold' | 'nme' | 'failureRate' | 'auc' | 'percentile90', number> & { readonly byPoint: number[] }
  >
  readonly maePx: number
  readonly errorPx: number
}

const golden: Golden = JSON.parse(readFileSync(new URL('evaluate-faces.golden.json', import.meta.url), 'utf8'))
const faces: KeypointPair[] = golden.faces.map(({ target, predicted, visibility }, i) => ({
  id: `face ${i}`,
  target: Float32Array.from(target),
  predicted: Float32Array.from(predicted),
  visibility: Uint8Array.from(visibility),
}))

// Two eyes' corners and a chin: eyes 10 apart, all else worked by hand.
const TRIANGLE = defineScheme({
  name: 'triangle',
  pointNames: ['right', 'left', 'chin'],
  flipPairs: [[0, 1]],
  parts: [
    { name: 'right eye', indices: [0], closed: false },
    { name: 'left eye', indices: [1], closed: false },
  ],
  normalizationPair: [0, 1],
})
const triangle = (id: string, predicted: number[], visibility = [2, 2, 2]): KeypointPair => ({
  id,
  target: Float32Array.of(0, 0, 10, 0, 5, 10),
  predicted: Float32Array.from(predicted),
  visibility: Uint8Array.from(visibility),
})

describe('evaluateKeypoints', () => {
  it.each(Object.keys(golden.by) as (keyof Golden['by'])[])('agrees with numpy, normalized by %s', (by) => {
    const { threshold, nme, failureRate, auc, percentile90, byPoint } = golden.by[by]
    const predicted = evaluateKeypoints(faces, IBUG_68, { normalization: by, threshold, resamples: 10 })
    expect(predicted.nme.value).toBeCloseTo(nme, 6)
    expect(predicted.failureRate.value).toBe(failureRate)
    expect(predicted.auc.value).toBeCloseTo(auc, 5)
    expect(predicted.percentiles[90]).toBeCloseTo(percentile90, 6)
    for (const [point, error] of byPoint.entries()) expect(predicted.byPoint[point]).toBeCloseTo(error, 6)
    expect(predicted.maePx.value).toBeCloseTo(golden.maePx, 4)
    expect(predicted.errorPx.value).toBeCloseTo(golden.errorPx, 4)
  })

  it('gives what is worked by hand', () => {
    const predicted = evaluateKeypoints(
      [
        triangle('exact', [0, 0, 10, 0, 5, 10]),
        // 3 + 0 + 0 px over 3 points and 10 px: 0.1.
        triangle('off', [0, 3, 10, 0, 5, 10]),
        // 4 px at the one point that counts beside an exact one: 2 px, 0.2.
        triangle('partly', [4, 0, 10, 0, 99, 99], [2, 2, 0]),
        triangle('unlabeled', [1, 1, 1, 1, 1, 1], [0, 0, 0]),
      ],
      TRIANGLE,
      { threshold: 0.15, groupBy: ({ id }) => (id === 'exact' ? 'easy' : 'hard') },
    )
    expect(predicted.faces).toBe(3)
    expect(predicted.errors.map((error) => Number(error.toFixed(6)))).toEqual([0, 0.1, 0.2])
    expect(predicted.nme.value).toBeCloseTo(0.1, 6)
    expect(predicted.failureRate.value).toBeCloseTo(1 / 3, 6)
    // 1, 1/3 and nothing.
    expect(predicted.auc.value).toBeCloseTo(4 / 9, 6)
    expect(predicted.percentiles[50]).toBeCloseTo(0.1, 6)
    // (3 + 4) px over 6 + 6 + 4 coordinates.
    expect(predicted.maePx.value).toBeCloseTo(7 / 16, 6)
    expect(predicted.byPoint.map((error) => Number(error.toFixed(4)))).toEqual([0.2333, 0, 0])
    expect(predicted.byPart['right eye']).toBeCloseTo(0.7 / 3, 6)
    expect(predicted.groups['easy']?.nme.value).toBe(0)
    expect(predicted.groups['hard']?.nme.value).toBeCloseTo(0.15, 6)
    expect(predicted.groups['hard']?.faces).toBe(2)
  })

  it.each<[string, KeypointPair[], Normalization, RegExp]>([
    ['without faces', [], 'interocular', /no face/],
    ['without a box', [triangle('a', [0, 0, 10, 0, 5, 10])], 'detection', /face a.*detection.*without a box/],
    [
      'where the eyes lie on each other',
      [{ id: 'b', target: new Float32Array(6), predicted: new Float32Array(6) }],
      'interocular',
      /face b.*length of 0/,
    ],
    [
      'where a point that normalizes has no label',
      [triangle('c', [0, 0, 0, 0, 0, 0], [0, 2, 2])],
      'interocular',
      /face c.*point 0 without a label/,
    ],
    [
      'with another number of points',
      [{ id: 'd', target: new Float32Array(4), predicted: new Float32Array(4) }],
      'box',
      /face d.*triangle.*received 2.*expected 3/,
    ],
    [
      'a normalization that there is not',
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
      'where what was predicted is infinite',
      [triangle('i', [0, 0, 10, Number.NEGATIVE_INFINITY, 5, 10])],
      'box',
      /face i: point 1.*target 10,0, predicted 10,-Infinity/,
    ],
    [
      'where what was predicted is text',
      [{ ...triangle('j', []), predicted: ['0', '0', '10', '0', '5', '10'] as never }],
      'box',
      /face j: point 0/,
    ],
    [
      'where nothing was predicted',
      [{ ...triangle('k', []), predicted: undefined as never }],
      'box',
      /face k.*predicted is no array/,
    ],
    [
      'where visibility is of other points',
      [triangle('l', [0, 0, 10, 0, 5, 10], [2, 2])],
      'box',
      /face l.*target 3, predicted 3, visibility 2/,
    ],
    ['where what was predicted is no number', [triangle('e', [Number.NaN, 0, 0, 0, 0, 0])], 'box', /face e: point 0/],
  ])('tells %s', (_, given, by, message) => {
    expect(() => evaluateKeypoints(given, TRIANGLE, { normalization: by })).toThrow(message)
  })

  it.each<[object, string]>([
    [{ treshold: 0.1 }, 'METRIC_OPTION'],
    [{ threshold: Number.NaN }, 'METRIC_THRESHOLD'],
    [{ threshold: '0.08' }, 'METRIC_THRESHOLD'],
    [{ seed: Number.NaN }, 'METRIC_BOOTSTRAP'],
  ])('refuses %j', (options, code) => {
    const faces = [triangle('exact', [0, 0, 10, 0, 5, 10])]
    expect(() => evaluateKeypoints(faces, TRIANGLE, options)).toThrow(expect.objectContaining({ code }))
  })

  it('takes points as plain arrays, and leaves alone what has no label', () => {
    const face = { id: 'plain', target: [0, 0, 10, 0, Number.NaN, 0], predicted: [0, 1, 10, 1, 0, Number.NaN] }
    const given = [{ ...face, visibility: [2, 2, 0] }] as never as KeypointPair[]
    expect(evaluateKeypoints(given, TRIANGLE).nme.value).toBeCloseTo(0.1, 9)
    expect(meanAbsoluteError(given)).toBe(0.5)
  })

  it('of the mean absolute error alone are refused as well', () => {
    const nothing = triangle('nothing', [Number.NaN, 0, 0, 0, 0, 0])
    expect(() => meanAbsoluteError([nothing])).toThrow(expect.objectContaining({ code: 'METRIC_NOT_FINITE' }))
    expect(() => meanAbsoluteError([])).toThrow(expect.objectContaining({ code: 'METRIC_EMPTY' }))
  })
})
