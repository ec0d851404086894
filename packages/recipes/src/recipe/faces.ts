import { NO_MOTION } from '../transforms/limits.ts'
import type { Recipe } from './recipe.ts'

/** The most accurate recipe for some thousand faces in the wild that trains within an hour on two processor cores. */
export const faces: Recipe = {
  arch: 'heatmapNet48',
  antialias: false,
  size: 128,
  margin: 0.2,
  cachedCrop: { size: 208, margin: 0.45 },
  epochs: 100,
  batchSize: 16,
  learningRate: { kind: 'cosine', learningRate: 2e-3, warmupSteps: 300 },
  loss: { kind: 'euclidean' },
  maxGradientNorm: 1,
  augmentation: {
    degrees: 25,
    scale: 1.2,
    shift: 0.06,
    flipProb: 0.5,
    contrast: 0.4,
    brightness: 0.3,
    shade: 0.2,
    occlusionProb: 0.4,
  },
  tta: { views: 8, degrees: 8, scale: 1.06, shift: 0.02, flipProb: 0.5 },
}

/** {@link faces} for web pages: a smaller network and one view, which take a few milliseconds per image. */
export const facesSmall: Recipe = { ...faces, arch: 'heatmapNet32', tta: { ...NO_MOTION, views: 1 } }

/** The recipes for faces, by their names on command lines. */
export const faceRecipes: Readonly<Record<'faces' | 'faces-small', Recipe>> = { faces, 'faces-small': facesSmall }

/** A dataset and its protocol: 300-W trained on its train part and tested on common; dlib's split of iBUG; IMM people 1-32 and 33-40. */
export type FaceDatasetName = '300w' | 'dlib' | 'imm'

/** Returns {@link faceRecipes} for a dataset. IMM has few images and three times as many epochs. */
export function faceRecipesFor(dataset: FaceDatasetName): typeof faceRecipes {
  if (dataset !== 'imm') return faceRecipes
  return {
    faces: { ...faces, epochs: 3 * faces.epochs },
    'faces-small': { ...facesSmall, epochs: 3 * facesSmall.epochs },
  }
}
