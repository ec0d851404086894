import { type Box, createDataset, createImage, createSample, defineScheme, type Sample } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { evaluateLandmarker } from './evaluate-landmarker.ts'
import type { LandmarkedFace, Landmarker } from './landmarker.ts'

const scheme = defineScheme({
  name: 'three',
  pointNames: ['right', 'left', 'chin'],
  flipPairs: [[0, 1]],
  parts: [],
  normalizationPair: [0, 1],
})
const image = createImage(new Uint8Array(100 * 80), 100, 80, 1)
/** Eyes 10 apart. */
const TARGET = [20, 20, 30, 20, 25, 30]

const makeSample = (id: string, fields: Partial<Sample> = {}): Sample =>
  createSample({ id, image, keypoints: Float32Array.from(TARGET), ...fields })

const makeFace = (
  points: readonly number[],
  box: Box = { left: 15, top: 15, width: 20, height: 20 },
): LandmarkedFace => ({
  box,
  score: 0.9,
  points: Float32Array.from(points),
  confidence: 1,
})

const shift = (dx: number, dy = 0): number[] => TARGET.map((value, i) => value + (i % 2 === 0 ? dx : dy))

/** Makes a landmarker that finds these faces in one image after the other. */
function replay(...results: LandmarkedFace[][]): Pick<Landmarker, 'scheme' | 'detect'> {
  let index = 0
  return { scheme, detect: async () => ({ faces: results[index++] as LandmarkedFace[] }) }
}

describe('evaluateLandmarker', () => {
  test('measures the face that lies at the labels, and counts misses as failures', async () => {
    const dataset = createDataset(
      scheme,
      ['a', 'b', 'c', 'd'].map((id) => makeSample(id)),
    )
    const far = makeFace(shift(60))
    const exact = makeFace(shift(0.2))
    const rough = makeFace(shift(0, 1))
    const evaluation = await evaluateLandmarker(replay([far, exact], [rough], [far], []), dataset, { resamples: 20 })
    // Errors 0.2 / 10, 1 / 10, and infinite twice: 3 of 4 above 0.08; AUC (1 - 0.02 / 0.08) / 4; NME of those found (0.02 + 0.1) / 2
    expect(evaluation).toMatchObject({ faceCount: 4, missedCount: 2 })
    expect(evaluation.failureRate.value).toBe(0.75)
    expect(evaluation.auc.value).toBeCloseTo(0.1875, 5)
    expect(evaluation.nme.value).toBeCloseTo(0.06, 5)
    expect(evaluation.nme.high).toBeLessThanOrEqual(0.1 + 1e-6)
    expect(evaluation.errors).toEqual([expect.closeTo(0.02, 5), expect.closeTo(0.1, 5), Infinity, Infinity])
    expect(evaluation.faces).toEqual([
      {
        id: 'a',
        face: exact,
        pointErrorsPx: [0.2, 0.2, 0.2].map((error) => expect.closeTo(error, 5)),
        nme: expect.closeTo(0.02, 5),
      },
      { id: 'b', face: rough, pointErrorsPx: [1, 1, 1], nme: expect.closeTo(0.1, 5) },
      { id: 'c', face: undefined, pointErrorsPx: undefined, nme: Infinity },
      { id: 'd', face: undefined, pointErrorsPx: undefined, nme: Infinity },
    ])
  })

  test('gives each face its NME, NaN if it has no label', async () => {
    const unlabeled = (id: string): Sample => makeSample(id, { visibility: Uint8Array.of(0, 0, 0) })
    const samples = [unlabeled('a'), makeSample('b'), unlabeled('c'), makeSample('d')]
    const rough = makeFace(shift(0, 1))
    const landmarker = replay([rough], [rough], [], [])
    const { errors, faces } = await evaluateLandmarker(landmarker, createDataset(scheme, samples), { resamples: 20 })
    // An error of 1 with eyes 10 apart, and a missed face.
    expect(errors).toEqual([expect.closeTo(0.1, 5), Infinity])
    expect(faces.map(({ nme }) => nme)).toEqual([NaN, expect.closeTo(0.1, 5), NaN, Infinity])
  })

  test('measures in pixels of the original image, without points that have no label', async () => {
    const sample = makeSample('a', {
      keypoints: Float32Array.of(20, 20, 30, 20, Number.NaN, Number.NaN),
      visibility: Uint8Array.of(2, 1, 0),
      toSource: [3, 0, 1, 0, 3, 1],
    })
    const landmarker = replay([makeFace(shift(0, 1))])
    const { faces, errorPx, nme } = await evaluateLandmarker(landmarker, createDataset(scheme, [sample]))
    expect(faces[0]?.pointErrorsPx).toEqual([3, 3, Number.NaN])
    expect(errorPx.value).toBeCloseTo(3, 5)
    expect(nme.value).toBeCloseTo(0.1, 5)
  })

  test('matches points without an area by the detected box', async () => {
    const nose = defineScheme({ name: 'nose', pointNames: ['nose'], flipPairs: [], parts: [] })
    const sample = createSample({ id: 'a', image, keypoints: Float32Array.of(25, 25) })
    const elsewhere = makeFace([25, 25], { left: 70, top: 40, width: 20, height: 20 })
    const near = makeFace([27, 25])
    const landmarker = { scheme: nose, detect: async () => ({ faces: [elsewhere, near] }) }
    const dataset = createDataset(nose, [sample])
    await expect(evaluateLandmarker(landmarker, dataset)).rejects.toMatchObject({ code: 'METRIC_NORMALIZATION' })
    const eyes = defineScheme({ ...nose, name: 'eyes', pointNames: ['right', 'left'], normalizationPair: [0, 1] })
    const level = createSample({ id: 'a', image, keypoints: Float32Array.of(20, 25, 30, 25) })
    const both = makeFace([22, 25, 32, 25])
    const { faces, nme } = await evaluateLandmarker(
      { scheme: eyes, detect: async () => ({ faces: [{ ...both, box: elsewhere.box }, both] }) },
      createDataset(eyes, [level]),
    )
    expect(faces[0]?.face).toEqual(both)
    expect(nme.value).toBeCloseTo(0.2, 5)
  })

  test('divides by the detected box, in pixels of the original image', async () => {
    const samples = [makeSample('a', { toSource: [3, 0, 1, 0, 3, 1] }), makeSample('b')]
    const landmarker = replay([makeFace(shift(0, 1), { left: 10, top: 15, width: 20, height: 5 })], [])
    const dataset = createDataset(scheme, samples)
    const { errors } = await evaluateLandmarker(landmarker, dataset, { normalization: 'detection', resamples: 20 })
    // 3 px of the original image by sqrt(60 * 15); a missed face has no box.
    expect(errors).toEqual([expect.closeTo(0.1, 6), Infinity])
  })

  test('stops at a face that cannot be measured, and searches no further images', async () => {
    const samples = [makeSample('a', { visibility: Uint8Array.of(0, 2, 2) }), makeSample('b')]
    let count = 0
    const detect = async () => ({ faces: count++ === 0 ? [makeFace(TARGET)] : [] })
    await expect(evaluateLandmarker({ scheme, detect }, createDataset(scheme, samples))).rejects.toMatchObject({
      code: 'METRIC_NORMALIZATION',
      problem: expect.stringContaining('face a'),
    })
    expect(count).toBe(1)
  })

  test('passes options on, and refuses unknown ones and another scheme', async () => {
    const dataset = createDataset(scheme, [makeSample('a')])
    const received: unknown[] = []
    const landmarker: Pick<Landmarker, 'scheme' | 'detect'> = {
      scheme,
      detect: async (_, options) => {
        received.push(options)
        return { faces: [makeFace(shift(4))] }
      },
    }
    const { missedCount } = await evaluateLandmarker(landmarker, dataset, { detect: { tiles: 2 }, minOverlap: 0.5 })
    // Boxes of 10 x 10, 4 apart: 60 / 140
    expect([missedCount, received]).toEqual([1, [{ tiles: 2 }]])
    expect((await evaluateLandmarker(landmarker, dataset, { minOverlap: 0.4 })).missedCount).toBe(0)
    await expect(evaluateLandmarker(landmarker, dataset, { minOverlap: 2 })).rejects.toMatchObject({
      code: 'LANDMARKER_OPTION',
    })
    await expect(evaluateLandmarker(landmarker, dataset, { tresh: 1 } as object)).rejects.toMatchObject({
      code: 'METRIC_OPTION',
    })
    received.length = 0
    const invalid = evaluateLandmarker(landmarker, dataset, { normalization: 'interpupil' })
    await expect(invalid).rejects.toMatchObject({ code: 'METRIC_NORMALIZATION' })
    expect(received).toEqual([]) // no image was searched in vain
    const single = defineScheme({ name: 'one', pointNames: ['nose'], flipPairs: [], parts: [] })
    await expect(evaluateLandmarker({ ...landmarker, scheme: single }, dataset)).rejects.toMatchObject({
      code: 'LANDMARKER_SCHEME',
    })
    const reversed = { ...dataset.scheme, pointNames: dataset.scheme.pointNames.toReversed() }
    await expect(evaluateLandmarker(landmarker, { ...dataset, scheme: reversed })).rejects.toMatchObject({
      code: 'LANDMARKER_SCHEME',
      received: expect.stringMatching(/whose point 0 is .* instead of /),
    })
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(evaluateLandmarker(landmarker, dataset, { signal })).rejects.toThrow('enough')
  })
})
