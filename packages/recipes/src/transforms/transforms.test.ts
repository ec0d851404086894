import { createImage, createSample, IMM_58, randomStream, transformSample } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { part1Recipes, part2Recipes } from '../recipe/course.ts'
import { faces } from '../recipe/faces.ts'
import { evalDataset, evalTransform } from './eval-transform.ts'
import { lightTransforms } from './light-transforms.ts'
import { NO_MOTION } from './limits.ts'
import { trainTransform } from './train-transform.ts'

const image = createImage(
  Uint8Array.from({ length: 120 * 90 }, (_, i) => (i * 37) % 256),
  120,
  90,
  1,
)
const keypoints = Float32Array.from({ length: 116 }, (_, i) => 30 + (i % 40))
const sample = createSample({ id: 'a', image, keypoints, box: { left: 30, top: 20, width: 50, height: 50 } })
const random = () => randomStream({ seed: 1, purpose: 'augment' })

describe('trainTransform', () => {
  test.each([
    ['a crop around the face', faces, 128, 128],
    ['the whole image', part2Recipes.tuned, 160, 128],
  ])('ends with the size that the network sees: %s', (_, recipe, width, height) => {
    const transform = trainTransform(recipe, IMM_58)
    expect(transform && transformSample(transform, sample, random()).image).toMatchObject({ width, height })
  })

  test('takes a pipeline as JSON, and is undefined without augmentation', () => {
    expect(trainTransform(part1Recipes.tuned, IMM_58)?.toJSON()).toEqual(part1Recipes.tuned.augmentation)
    expect(trainTransform(part1Recipes.course, IMM_58)).toBeUndefined()
  })

  test('leaves limits of 0 out', () => {
    const augmentation = { ...NO_MOTION, contrast: 0, brightness: 0.2, shade: 0 }
    expect(lightTransforms(augmentation).map(({ name }) => name)).toEqual(['brightness'])
    expect(JSON.stringify(trainTransform({ ...faces, augmentation }, IMM_58))).not.toContain('coarseDropout')
  })
})

describe('evalTransform', () => {
  test('cuts the box with its margin out, without randomness', () => {
    const { keypoints: points } = transformSample(evalTransform({ size: 70, margin: 0.2 }, IMM_58), sample, random())
    // The box with its margin has a side of 70 pixels and begins at (20, 10).
    expect(points[0]).toBeCloseTo((keypoints[0] as number) - 20, 4)
    expect(points[1]).toBeCloseTo((keypoints[1] as number) - 10, 4)
  })

  test('resizes whole images', async () => {
    const dataset = { length: 1, scheme: IMM_58, get: async () => sample }
    const resized = await evalDataset(dataset, { size: { width: 60, height: 45 } }).get(0)
    expect(resized.image).toMatchObject({ width: 60, height: 45 })
  })
})
