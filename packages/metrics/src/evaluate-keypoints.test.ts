import { readFileSync } from 'node:fs'
import { defineScheme, IBUG_68 } from '@facekp/core'
import { describe, expect, it } from '@jest/globals'
import { evaluateKeypoints } from './evaluate-keypoints.ts'
import type { KeypointPair } from './keypoint-pair.ts'
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

const golden: Golden = JSON.parse(readFileSync(new URL('evaluate-keypoints.golden.json', import.meta.url), 'utf8'))
const pairs: KeypointPair[] = golden.faces.map(({ target, predicted, visibility }, i) => ({
  id: `face ${i}`,
  target: Float32Array.from(target),
  predicted: Float32Array.from(predicted),
  visibility: Uint8Array.from(visibility),
}))

// Two eye corners, 10 apart, and a chin.
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
  it('counts missed faces as failures, and leaves them out of mean errors', () => {
    // import numpy as np; e = np.array([0.02, 0.1, 1e300])
    // (e > 0.08).mean(), np.maximum(0, 1 - e / 0.08).mean(), e[:2].mean(), np.percentile(e, [25, 50, 75])
    // # 0.6666666666666666 0.25 0.06 [0.06 0.1 5e+299]
    const near = triangle('a', [0.2, 0, 10.2, 0, 5.2, 10])
    const far = triangle('b', [1, 0, 11, 0, 6, 10])
    const missed = { id: 'c', target: near.target, missed: true } as const
    const unlabeled = { ...missed, id: 'd', visibility: Uint8Array.of(0, 0, 0) }
    const evaluation = evaluateKeypoints([near, missed, far, unlabeled], TRIANGLE, {
      groupBy: ({ id }) => (id === 'c' ? 'hard' : 'easy'),
    })
    expect(evaluation).toMatchObject({ faceCount: 3, missedCount: 1 })
    expect(evaluation.errors).toEqual([expect.closeTo(0.02, 6), Number.POSITIVE_INFINITY, expect.closeTo(0.1, 6)])
    expect(evaluation.failureRate.value).toBeCloseTo(2 / 3, 12)
    expect(evaluation.auc.value).toBeCloseTo(0.25, 6)
    expect(evaluation.nme.value).toBeCloseTo(0.06, 6)
    expect(evaluation.errorPx.value).toBeCloseTo(0.6, 5)
    expect(evaluation.maePx.value).toBeCloseTo(0.3, 5)
    expect(evaluation.byPoint).toEqual([0.06, 0.06, 0.06].map((error) => expect.closeTo(error, 6)))
    expect(evaluation.percentiles).toMatchObject({
      25: expect.closeTo(0.06, 6),
      50: expect.closeTo(0.1, 6),
      75: Number.POSITIVE_INFINITY,
    })
    expect(evaluation.groups['hard']).toMatchObject({ faceCount: 1, missedCount: 1, failureRate: { value: 1 } })
    expect(evaluation.groups['hard']?.nme.value).toBeNaN()
  })

  it('counts a face that says missed: false as found', () => {
    const face = { ...triangle('a', [1, 0, 11, 0, 6, 10]), missed: false }
    expect(evaluateKeypoints([face], TRIANGLE)).toMatchObject({ missedCount: 0, errors: [expect.closeTo(0.1, 6)] })
  })

  it('needs no length of a missed face, such as that of a box that was not detected', () => {
    const detected = { ...triangle('a', [3, 0, 13, 0, 8, 10]), box: { width: 60, height: 15 } }
    const { target } = detected
    const missed = { id: 'b', target, missed: true } as const
    const { errors } = evaluateKeypoints([detected, missed], TRIANGLE, { normalization: 'detection', resamples: 10 })
    // 3 px by sqrt(60 * 15).
    expect(errors).toEqual([expect.closeTo(0.1, 6), Number.POSITIVE_INFINITY])
    const cornerless = { ...missed, visibility: Uint8Array.of(0, 2, 2) }
    expect(evaluateKeypoints([detected, cornerless], TRIANGLE).missedCount).toBe(1)
  })

  it.each(Object.keys(golden.by) as (keyof Golden['by'])[])(
    'agrees with numpy for normalization %s',
    (normalization) => {
      const { threshold, nme, failureRate, auc, percentile90, byPoint } = golden.by[normalization]
      const evaluation = evaluateKeypoints(pairs, IBUG_68, { normalization, threshold, resamples: 10 })
      expect(evaluation.nme.value).toBeCloseTo(nme, 6)
      expect(evaluation.failureRate.value).toBe(failureRate)
      expect(evaluation.auc.value).toBeCloseTo(auc, 5)
      expect(evaluation.percentiles[90]).toBeCloseTo(percentile90, 6)
      for (const [point, error] of byPoint.entries()) expect(evaluation.byPoint[point]).toBeCloseTo(error, 6)
      expect(evaluation.maePx.value).toBeCloseTo(golden.maePx, 4)
      expect(evaluation.errorPx.value).toBeCloseTo(golden.errorPx, 4)
    },
  )

  it('matches numbers computed by hand', () => {
    const evaluation = evaluateKeypoints(
      [
        triangle('exact', [0, 0, 10, 0, 5, 10]),
        // 3 + 0 + 0 px over 3 points and 10 px: 0.1.
        triangle('off', [0, 3, 10, 0, 5, 10]),
        // 4 px at the one point that is labeled beside an exact one: 2 px, 0.2.
        triangle('partly', [4, 0, 10, 0, 99, 99], [2, 2, 0]),
        triangle('unlabeled', [1, 1, 1, 1, 1, 1], [0, 0, 0]),
      ],
      TRIANGLE,
      { threshold: 0.15, groupBy: ({ id }) => (id === 'exact' ? 'easy' : 'hard') },
    )
    expect(evaluation.faceCount).toBe(3)
    expect(evaluation.errors.map((error) => Number(error.toFixed(6)))).toEqual([0, 0.1, 0.2])
    expect(evaluation.nme.value).toBeCloseTo(0.1, 6)
    expect(evaluation.failureRate.value).toBeCloseTo(1 / 3, 6)
    // 1, 1/3 and 0.
    expect(evaluation.auc.value).toBeCloseTo(4 / 9, 6)
    expect(evaluation.percentiles[50]).toBeCloseTo(0.1, 6)
    // (3 + 4) px over 6 + 6 + 4 coordinates.
    expect(evaluation.maePx.value).toBeCloseTo(7 / 16, 6)
    expect(evaluation.byPoint.map((error) => Number(error.toFixed(4)))).toEqual([0.2333, 0, 0])
    expect(evaluation.byPart['right eye']).toBeCloseTo(0.7 / 3, 6)
    expect(evaluation.groups['easy']?.nme.value).toBe(0)
    expect(evaluation.groups['hard']?.nme.value).toBeCloseTo(0.15, 6)
    expect(evaluation.groups['hard']?.faceCount).toBe(2)
  })

  it.each<[string, KeypointPair[], Normalization, RegExp]>([
    ['no faces', [], 'interocular', /no face/],
    ['a face without a box', [triangle('a', [0, 0, 10, 0, 5, 10])], 'detection', /face a.*detection.*without a box/],
    [
      'eyes at the same place',
      [{ id: 'b', target: new Float32Array(6), predicted: new Float32Array(6) }],
      'interocular',
      /face b.*length of 0/,
    ],
    [
      'a point of the normalization pair without a label',
      [triangle('c', [0, 0, 0, 0, 0, 0], [0, 2, 2])],
      'interocular',
      /face c.*point 0 \(right\) without a label/,
    ],
    [
      'a number of points that differs from the scheme',
      [{ id: 'd', target: new Float32Array(4), predicted: new Float32Array(4) }],
      'box',
      /face d.*triangle.*expected 3.*received 2/,
    ],
    [
      'an unknown normalization',
      [triangle('f', [0, 0, 10, 0, 5, 10])],
      'iod' as never,
      /option normalization.*received iod/,
    ],
    [
      'a box of negative size',
      [{ ...triangle('g', [0, 0, 10, 0, 5, 10]), box: { width: -4, height: -4 } }],
      'detection',
      /face g.*length of 0/,
    ],
    [
      'a box of infinite size',
      [{ ...triangle('h', [0, 0, 10, 0, 5, 10]), box: { width: 4, height: Number.POSITIVE_INFINITY } }],
      'detection',
      /face h.*length of Infinity/,
    ],
    [
      'an infinite prediction',
      [triangle('i', [0, 0, 10, Number.NEGATIVE_INFINITY, 5, 10])],
      'box',
      /face i: point 1.*target 10,0, predicted 10,-Infinity/,
    ],
    [
      'a prediction of strings',
      [{ ...triangle('j', []), predicted: ['0', '0', '10', '0', '5', '10'] as never }],
      'box',
      /face j: point 0/,
    ],
    [
      'a missing prediction',
      [{ ...triangle('k', []), predicted: undefined as never }],
      'box',
      /face k.*invalid predicted points.*received undefined/,
    ],
    [
      'visibility of another length',
      [triangle('l', [0, 0, 10, 0, 5, 10], [2, 2])],
      'box',
      /face l.*target 3, predicted 3, visibility 2/,
    ],
    ['a prediction of NaN', [triangle('e', [Number.NaN, 0, 0, 0, 0, 0])], 'box', /face e: point 0/],
  ])('rejects %s', (_, invalid, normalization, message) => {
    expect(() => evaluateKeypoints(invalid, TRIANGLE, { normalization })).toThrow(message)
  })

  it.each<[object, string]>([
    [{ treshold: 0.1 }, 'METRIC_OPTION'],
    [{ threshold: Number.NaN }, 'METRIC_THRESHOLD'],
    [{ threshold: '0.08' }, 'METRIC_THRESHOLD'],
    [{ seed: Number.NaN }, 'METRIC_BOOTSTRAP'],
  ])('rejects %j', (options, code) => {
    const pair = triangle('exact', [0, 0, 10, 0, 5, 10])
    expect(() => evaluateKeypoints([pair], TRIANGLE, options)).toThrow(expect.objectContaining({ code }))
  })

  it('accepts plain arrays and ignores points without a label', () => {
    const pair = { id: 'plain', target: [0, 0, 10, 0, Number.NaN, 0], predicted: [0, 1, 10, 1, 0, Number.NaN] }
    const plain = [{ ...pair, visibility: [2, 2, 0] }] as never as KeypointPair[]
    expect(evaluateKeypoints(plain, TRIANGLE).nme.value).toBeCloseTo(0.1, 9)
    expect(meanAbsoluteError(plain)).toBe(0.5)
  })
})

describe('meanAbsoluteError', () => {
  it('rejects invalid points and an empty list', () => {
    const invalid = triangle('invalid', [Number.NaN, 0, 0, 0, 0, 0])
    expect(() => meanAbsoluteError([invalid])).toThrow(expect.objectContaining({ code: 'METRIC_NOT_FINITE' }))
    expect(() => meanAbsoluteError([])).toThrow(expect.objectContaining({ code: 'METRIC_EMPTY' }))
  })
})

it('refuses two faces with one id, of which one would count twice', () => {
  const again = [...pairs, pairs[0] as KeypointPair]
  expect(() => evaluateKeypoints(again, IBUG_68)).toThrow(
    expect.objectContaining({ code: 'METRIC_DUPLICATE', received: 'face 0' }),
  )
})
