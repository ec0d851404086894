import { createDataset, createImage, createSample, defineScheme, type Sample } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { mean, meanShape, meanShapeError, sourceErrorPx } from './errors-in-pixels.ts'

const scheme = defineScheme({ name: 'two', pointNames: ['a', 'b'], flipPairs: [], parts: [] })

function face(points: number[], visibility = [2, 2], scale = 1): Sample {
  return createSample({
    id: points.join(),
    image: createImage(new Uint8Array(10 * 20), 10, 20, 1),
    keypoints: Float32Array.from(points),
    visibility: Uint8Array.from(visibility),
    toSource: [scale, 0, 100, 0, scale, 7],
  })
}

describe('sourceErrorPx', () => {
  test('is the mean distance in pixels of the file', () => {
    expect(sourceErrorPx(face([1, 1, 5, 5], [2, 1], 8), Float32Array.of(4, 5, 5, 5))).toBeCloseTo((8 * 5) / 2)
  })

  test('ignores points without a label', () => {
    expect(sourceErrorPx(face([1, 1, Number.NaN, 5], [2, 0]), Float32Array.of(4, 5, 5, 5))).toBeCloseTo(5)
    expect(sourceErrorPx(face([1, 1, 5, 5], [0, 0]), Float32Array.of(4, 5, 5, 5))).toBeNaN()
  })

  test('is NaN for a labeled point that is predicted as NaN', () => {
    expect(sourceErrorPx(face([1, 1, 5, 5]), Float32Array.of(4, 5, Number.NaN, 5))).toBeNaN()
    expect(sourceErrorPx(face([1, 1, 5, 5], [2, 0]), Float32Array.of(4, 5, Number.NaN, 5))).toBeCloseTo(5)
  })
})

test('meanShape is the mean of labeled points in relative coordinates, NaN without labels', async () => {
  const faces = createDataset(scheme, [face([1, 1, 6, 6]), face([3, 5, 0, 0], [2, 0])])
  const shape = [...(await meanShape(faces))]
  for (const [i, value] of [2.5 / 10, 3.5 / 20, 6.5 / 10, 6.5 / 20].entries()) expect(shape[i]).toBeCloseTo(value, 6)
  expect((await meanShape(createDataset(scheme, [face([1, 1, 0, 0], [2, 0])])))[2]).toBeNaN()
})

describe('meanShapeError', () => {
  test('is the error of the mean shape, by hand', async () => {
    // Mean of a: (2, 3); of b, labeled once: (6, 6).
    const train = createDataset(scheme, [face([1, 1, 6, 6]), face([3, 5, 0, 0], [2, 0])])
    const validation = createDataset(scheme, [face([5, 7, 6, 6], [2, 2], 2), face([2, 3, 6, 9])])
    expect(await meanShapeError(train, validation)).toBeCloseTo(((2 * 5 + 0) / 2 + (0 + 3) / 2) / 2, 4)
  })

  test('leaves out points that no sample of the training set labels', async () => {
    const train = createDataset(scheme, [face([2, 3, 0, 0], [2, 0])])
    const validation = createDataset(scheme, [face([5, 7, 6, 6])])
    expect(await meanShapeError(train, validation)).toBeCloseTo(5, 4)
  })

  test('points in another order are an error', async () => {
    const train = createDataset(scheme, [face([1, 1, 2, 2])])
    const reversed = createDataset({ ...scheme, pointNames: scheme.pointNames.toReversed() }, [face([1, 1, 2, 2])])
    await expect(meanShapeError(train, reversed)).rejects.toMatchObject({ code: 'KEYPOINT_COUNT' })
  })

  test('a dataset without samples or labels is an error', async () => {
    const full = createDataset(scheme, [face([1, 1, 2, 2])])
    await expect(meanShapeError(createDataset(scheme, []), full)).rejects.toMatchObject({ code: 'DATASET_EMPTY' })
    await expect(meanShapeError(full, createDataset(scheme, []))).rejects.toMatchObject({ code: 'DATASET_EMPTY' })
    const unlabeled = createDataset(scheme, [face([1, 1, 6, 6], [0, 0])])
    await expect(meanShapeError(full, unlabeled)).rejects.toMatchObject({ code: 'DATASET_UNLABELED' })
  })
})

test('mean ignores NaN', () => {
  expect(mean([1, Number.NaN, 3])).toBe(2)
  expect(mean([])).toBeNaN()
})
