import { type Augmentation, coarseDropout, compose, fromJSON, sometimes } from '@facekp/augment'
import { checkArgument, type KeypointScheme } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { Recipe } from '../recipe/recipe.ts'
import { geometricTransforms } from './geometric-transforms.ts'
import { lightTransforms } from './light-transforms.ts'

/**
 * Creates the augmentation of a recipe's training images; undefined if the recipe has none.
 *
 * @example
 * ```ts
 * await train({ model, train: faces, transform: trainTransform(facesSmall, faces.scheme), epochs, batchSize, learningRate })
 * ```
 */
export function trainTransform(
  recipe: Pick<Recipe, 'size' | 'margin' | 'augmentation'>,
  scheme: KeypointScheme,
): Augmentation | undefined {
  checkArgument(KINDS.object, recipe, 'recipe', 'trainTransform')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'trainTransform')
  const { augmentation } = recipe
  if (augmentation === undefined) return undefined
  if ('name' in augmentation) return fromJSON(augmentation)
  const { occlusionProb = 0 } = augmentation
  const occlusion = coarseDropout({ holes: [1, 2], size: [0.1, 0.35], fill: 'random' })
  return compose([
    ...geometricTransforms(augmentation, recipe, scheme),
    ...lightTransforms(augmentation),
    ...(occlusionProb > 0 ? [sometimes(occlusionProb, occlusion)] : []),
  ])
}
