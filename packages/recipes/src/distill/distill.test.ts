import { useBackend } from '@facekp/backend'
import {
  type Box,
  boundingBox,
  cacheDataset,
  createDataset,
  type Dataset,
  IBUG_68,
  type Image,
  type Keypoints,
  mapDataset,
  pickKeypoints,
  pointDistances,
  type Sample,
  selectKeypoints,
  subset,
} from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { loadLandmarker } from '@facekp/landmarker'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { measureMeanShape } from '../fit/measure.ts'
import { facesSmall } from '../recipe/faces.ts'
import { overrideRecipe } from '../recipe/override.ts'
import type { Recipe } from '../recipe/recipe.ts'
import { evalDataset } from '../transforms/eval-transform.ts'
import { type DistillOptions, type DistillProgress, distill } from './distill.ts'
import type { Teacher } from './teacher-labels.ts'

// Eye corners, nose tip, mouth corners and chin.
const POINTS = [36, 45, 30, 48, 54, 8]
const scheme = pickKeypoints(IBUG_68, 'six', POINTS)
// 36 unlabeled faces, 6 labeled ones and 4 to test.
const COUNT = 46
const TEST = [42, 43, 44, 45]
const recipe: Recipe = overrideRecipe(facesSmall, [
  'arch=heatmapNet16',
  'size=32',
  'cachedCrop.size=48',
  'epochs=24',
  'batchSize=8',
  'learningRate.learningRate=0.01',
  'learningRate.warmupSteps=4',
  'augmentation.degrees=0',
  'augmentation.scale=1',
  'augmentation.shift=0',
  'augmentation.occlusionProb=0',
])
const faces = cacheDataset(
  mapDataset(
    syntheticFaces({ seed: 3, count: COUNT, scheme: IBUG_68, width: 80, height: 80 }),
    (sample) => ({ ...selectKeypoints(sample, POINTS), box: boundingBox(sample.keypoints) }),
    scheme,
  ),
)
const unlabeled = subset(
  faces,
  Array.from({ length: 36 }, (_, i) => i),
)
const labeled = subset(faces, [36, 37, 38, 39, 40, 41])
const testFaces = subset(faces, TEST)
let samples: Sample[]
let images: Image[]

beforeAll(async () => {
  await useBackend('onnx')
  samples = await Promise.all(Array.from({ length: COUNT }, (_, i) => faces.get(i)))
  images = samples.slice(0, unlabeled.length).map(({ image }) => image)
})

/** Knows the points of the drawn faces; its labels are 1 px too far to the right. */
function createTeacher(getConfidence: (index: number) => number = () => 1): Teacher {
  return {
    scheme,
    async detect(image) {
      const index = samples.findIndex((sample) => sample.image === image)
      const { keypoints, box } = samples[index] as Sample
      const points = keypoints.map((value, k) => (k % 2 === 0 ? value + 1 : value))
      return { faces: [{ box: box as Box, score: 1, points, confidence: getConfidence(index) }] }
    },
  }
}

const getOptions = (changes: Partial<DistillOptions> = {}): DistillOptions => ({
  teacher: createTeacher(),
  images,
  test: testFaces,
  recipe,
  ...changes,
})

test('the student finds the points of other faces, and true labels correct what the teacher has wrong', async () => {
  const steps: DistillProgress[] = []
  const {
    model,
    labeled: count,
    leftOut,
  } = await distill(getOptions({ dataset: labeled, onProgress: (progress) => steps.push(progress) }))
  expect({ count, leftOut }).toEqual({ count: 36, leftOut: 0 })
  const baseline = await measureMeanShape(evalDataset(unlabeled, recipe), evalDataset(testFaces, recipe))
  expect(model.metrics).toMatchObject({ source: 'testSet', images: TEST.length })
  expect(model.metrics.errorPx).toBeLessThan(0.6 * baseline.meanShapeErrorPx)
  expect(model.predictor).toMatchObject({ kind: 'network', crop: { kind: 'upright', margin: recipe.margin } })
  expect(steps.filter(({ stage }) => stage === 'labels').at(-1)).toEqual({ stage: 'labels', done: 36 })
  expect(steps.filter(({ stage }) => stage === 'training').at(-1)).toEqual({ stage: 'training', done: 24, total: 24 })
  expect(steps.at(-1)).toEqual({ stage: 'fineTuning', done: 6, total: 6 })

  const { image, keypoints, box } = samples[TEST[0] as number] as Sample
  const detector = async () => [{ box: box as Box, score: 1, points: new Float32Array(0) }]
  const landmarker = await loadLandmarker(model, { detector })
  const [face] = (await landmarker.detect(image)).faces
  const distances = pointDistances(face?.points as Keypoints, keypoints)
  expect(Math.max(...distances)).toBeLessThan(5)
  landmarker.dispose()
})

const quick = { ...recipe, epochs: 1 }

test('leaves out faces of low confidence, is repeatable, and stops with the reason of its signal', async () => {
  const teacher = createTeacher((index) => (index < 10 ? 0.2 : 0.9))
  const first = await distill(getOptions({ teacher, recipe: quick, seed: 4 }))
  expect(first).toMatchObject({ labeled: 26, leftOut: 10 })
  const second = await distill(getOptions({ teacher, recipe: quick, seed: 4 }))
  expect(second.model.metrics.errorPx).toBeCloseTo(first.model.metrics.errorPx, 2)
  const controller = new AbortController()
  const onProgress = ({ stage }: DistillProgress): void => {
    if (stage === 'training') controller.abort(new Error('enough'))
  }
  await expect(
    distill(getOptions({ recipe: { ...recipe, epochs: 3 }, onProgress, signal: controller.signal })),
  ).rejects.toThrow('enough')
})

test('a loss of heatmaps trains the student, and fine-tunes it', async () => {
  const star = { ...quick, loss: { kind: 'star' } } as const
  const { model, labeled: count } = await distill(getOptions({ recipe: star, dataset: labeled }))
  expect(count).toBe(36)
  expect(model.predictor).toMatchObject({ kind: 'network', network: { head: 'heatmaps' } })
})

describe('refuses', () => {
  const nose: Dataset = mapDataset(
    testFaces,
    (sample) => selectKeypoints(sample, [2]),
    pickKeypoints(scheme, 'nose', [2]),
  )
  test.each<[string, () => Partial<DistillOptions>, object]>([
    [
      'images without faces',
      () => ({ teacher: { ...createTeacher(), detect: async () => ({ faces: [] }) } }),
      { code: 'DISTILL_FACES', expected: expect.stringContaining('confidence 0.5') },
    ],
    ['no images', () => ({ images: [] }), { code: 'DISTILL_FACES' }],
    [
      'test faces that the teacher does not find',
      () => ({ test: createDataset(scheme, []) }),
      { code: 'DISTILL_FACES', expected: 'faces in test that the teacher finds' },
    ],
    [
      'labels of another scheme',
      () => ({ dataset: nose }),
      { code: 'DISTILL_SCHEME', received: '1 point of scheme nose' },
    ],
    [
      'an invalid confidence',
      () => ({ minConfidence: 2 }),
      { code: 'OPTION_INVALID', problem: expect.stringContaining('minConfidence') },
    ],
    [
      'a recipe for whole images',
      () => ({ recipe: { ...recipe, margin: undefined } as never }),
      { code: 'OPTION_INVALID', expected: 'a recipe of upright crops with a margin' },
    ],
    [
      'a recipe of leveled crops',
      () => ({ recipe: { ...recipe, crop: 'leveled' } }),
      { code: 'OPTION_INVALID', expected: 'a recipe of upright crops with a margin' },
    ],
    [
      'a teacher that finds nothing',
      () => ({ teacher: {} as never }),
      { code: 'OPTION_INVALID', expected: 'a landmarker' },
    ],
    [
      'an unknown option',
      () => ({ epochs: 3 }) as never,
      { code: 'OPTION_INVALID', problem: expect.stringContaining('epochs') },
    ],
  ])('%s', async (_, change, error) => {
    await expect(distill(getOptions({ recipe: quick, ...change() }))).rejects.toMatchObject(error)
  })
})
