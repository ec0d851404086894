import { readFileSync } from 'node:fs'
import { defineScheme, IBUG_68 } from '@facekp/core'
import { describe, expect, it } from '@jest/globals'
import { evaluateFaces } from './evaluate-faces.ts'
import type { MeasuredFace } from './measured-face.ts'
import type { Normalization } from './normalization.ts'

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
    ['where what was found is no number', [triangle('e', [Number.NaN, 0, 0, 0, 0, 0])], 'box', /face e: point 0/],
  ])('tells %s', (_, given, by, message) => {
    expect(() => evaluateFaces(given, TRIANGLE, { by })).toThrow(message)
  })
})
