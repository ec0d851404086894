import { randomCropAroundBox } from '@facekp/augment'
import {
  allVisible,
  checkArgument,
  type Dataset,
  mapDataset,
  optionsKind,
  randomStream,
  type Transform,
  transformSample,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { graySample } from '@facekp/image'
import { sampleSheet } from '@facekp/viz'
import type * as tfl from '@tensorflow/tfjs-layers'
import { levelFaces } from '../data/level-faces.ts'
import { predictKeypoints } from '../fit/measure.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { NamedPlot } from '../report/plots.ts'
import { mapBetweenSamples } from '../transforms/map-between-samples.ts'

const PREDICT_IMAGES_OPTIONS = optionsKind({ seed: KINDS.seed })

/** What is drawn around a face's box on each side, as a fraction of the box. */
const MARGIN = 0.3

/**
 * Predicts the keypoints of images without labels, such as those of `readImageFolder`, and draws them on a crop around each face.
 *
 * @param options.seed of the views of test-time augmentation (default 0)
 */
export async function predictImages(
  model: tfl.LayersModel,
  images: Dataset,
  recipe: Pick<Recipe, 'size' | 'margin' | 'tta' | 'crop' | 'cachedCrop'>,
  options: { readonly seed?: number } = {},
): Promise<NamedPlot> {
  checkArgument(KINDS.model, model, 'model', 'predictImages')
  checkArgument(KINDS.dataset, images, 'images', 'predictImages')
  checkArgument(KINDS.object, recipe, 'recipe', 'predictImages')
  checkArgument(PREDICT_IMAGES_OPTIONS, options, 'options', 'predictImages')
  const { seed = 0 } = options
  const faces = await prepareImages(images, recipe)
  const { predictions } = await predictKeypoints(model, faces, recipe, { seed })
  const crop = randomCropAroundBox({ width: 360, height: 360, margin: MARGIN, border: { constant: 0 } }) as Transform
  const random = randomStream({ seed, purpose: 'photographs' })
  const crops = await Promise.all(
    predictions.map(async ({ sample, points }, index) => {
      const original = await images.get(index)
      const keypoints = mapBetweenSamples(points, sample, original)
      const visibility = allVisible(points.length / 2)
      return transformSample(crop, { ...original, keypoints, visibility }, random)
    }),
  )
  return {
    name: 'images',
    plot: await sampleSheet(crops, { title: 'Images', scheme: images.scheme, isPrediction: true }),
    caption: 'Keypoints predicted on images of your own.',
  }
}

async function prepareImages(images: Dataset, recipe: Pick<Recipe, 'crop' | 'cachedCrop'>): Promise<Dataset> {
  if (recipe.crop !== 'leveled') return mapDataset(images, graySample)
  const [faces] = await levelFaces(images, [recipe.cachedCrop], { findBy: 'boxes' })
  return faces
}
