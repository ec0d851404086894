import {
  createDataset,
  createSample,
  type Dataset,
  type Image,
  imageBox,
  type KeypointScheme,
  randomStream,
  type Sample,
  type Transform,
  transformSample,
} from '@facekp/core'
import { graySample } from '@facekp/image'
import type { LandmarkedFace, Landmarker } from '@facekp/landmarker'
import type { Recipe } from '../recipe/recipe.ts'
import { evalTransform } from '../transforms/eval-transform.ts'

/** What is needed of a landmarker that labels images. */
export type Teacher = Pick<Landmarker<Image>, 'scheme' | 'detect'>

/** Faces that a teacher labeled, as gray crops. */
export interface LabeledFaces {
  readonly dataset: Dataset
  /** Of each face, 0 to 1. */
  readonly confidences: readonly number[]
  /** Number of images on which no face has the smallest confidence. */
  readonly leftOut: number
}

export interface LabelOptions {
  readonly recipe: Pick<Recipe, 'cachedCrop'>
  /** Faces with a lower confidence are left out. */
  readonly minConfidence: number
  readonly signal?: AbortSignal | undefined
  /** Is called after each image with the number of images so far. */
  readonly onImage?: ((done: number) => void) | undefined
}

/** Labels all faces of images by a teacher. */
export async function labelImages(
  teacher: Teacher,
  images: Iterable<Image> | AsyncIterable<Image>,
  { recipe, minConfidence, signal, onImage }: LabelOptions,
): Promise<LabeledFaces> {
  const samples: Sample[] = []
  const confidences: number[] = []
  let count = 0
  let leftOut = 0
  for await (const image of images) {
    signal?.throwIfAborted()
    const { faces } = await teacher.detect(image)
    const confident = faces.filter(({ confidence }) => confidence >= minConfidence)
    if (confident.length === 0) leftOut++
    for (const [i, { points, box, confidence }] of confident.entries()) {
      const sample = createSample({ id: `image ${count}, face ${i}`, image, keypoints: points, box })
      samples.push(cropFace(sample, recipe, teacher.scheme))
      confidences.push(confidence)
    }
    onImage?.(++count)
  }
  return { dataset: createDataset(teacher.scheme, samples), confidences, leftOut }
}

/** Crops labeled faces at the boxes in which the teacher finds them. Faces that it does not find are left out. */
export async function cropLabeledFaces(
  teacher: Teacher,
  dataset: Dataset,
  { recipe, signal }: Pick<LabelOptions, 'recipe' | 'signal'>,
): Promise<Dataset> {
  const samples: Sample[] = []
  for (let i = 0; i < dataset.length; i++) {
    signal?.throwIfAborted()
    const sample = await dataset.get(i, signal)
    const face = findFace((await teacher.detect(sample.image)).faces, sample)
    if (face) samples.push(cropFace({ ...sample, box: face.box }, recipe, dataset.scheme))
  }
  return createDataset(dataset.scheme, samples)
}

/** A face is the labeled one if its points are nearer to the labels than this, relative to the size of its box. */
const MAX_DISTANCE = 0.3

/** Finds the face whose points are nearest to the labels. */
function findFace(
  faces: readonly LandmarkedFace[],
  { keypoints, visibility }: Pick<Sample, 'keypoints' | 'visibility'>,
): LandmarkedFace | undefined {
  const labeled = [...visibility.keys()].filter((point) => visibility[point] !== 0)
  const measured = faces.map((face) => {
    const sum = labeled.reduce((total, point) => total + measureDistance(face.points, keypoints, point), 0)
    return { face, distance: sum / labeled.length / Math.max(face.box.width, face.box.height) }
  })
  const [nearest] = measured.toSorted((a, b) => a.distance - b.distance)
  return nearest && nearest.distance < MAX_DISTANCE ? nearest.face : undefined
}

function measureDistance(a: Float32Array, b: Float32Array, point: number): number {
  const x = (a[2 * point] as number) - (b[2 * point] as number)
  const y = (a[2 * point + 1] as number) - (b[2 * point + 1] as number)
  return Math.hypot(x, y)
}

function cropFace(sample: Sample, { cachedCrop }: Pick<Recipe, 'cachedCrop'>, scheme: KeypointScheme): Sample {
  const crop = evalTransform(cachedCrop, scheme) as Transform
  const gray = graySample({ ...sample, box: sample.box ?? imageBox(sample.image) })
  return transformSample(crop, gray, randomStream({ seed: 0, purpose: 'still' }))
}
