import { type AugmentationLimits, NO_MOTION } from '../transforms/limits.ts'
import type { Recipe } from './recipe.ts'

const AUGMENTATION: AugmentationLimits = {
  degrees: 25,
  scale: 1.2,
  shift: 0.06,
  flipProb: 0.5,
  contrast: 0.4,
  brightness: 0.3,
  shade: 0.2,
  occlusionProb: 0.4,
}

/** For upright crops about the faces' boxes. */
const uprightFaces: Recipe = {
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
  augmentation: AUGMENTATION,
  tta: { views: 8, degrees: 8, scale: 1.06, shift: 0.02, flipProb: 0.5 },
}

/**
 * The most accurate recipe for some thousand faces in the wild: leveled crops, which need less rotation and shift in training, and the STAR loss
 * (Zhou et al. 2023, arXiv:2306.02763). 120 epochs on 1866 faces take less than two hours on one processor core.
 */
export const faces: Recipe = {
  ...uprightFaces,
  crop: 'leveled',
  margin: 0.1,
  loss: { kind: 'star' },
  augmentation: { ...AUGMENTATION, degrees: 15, shift: 0.05 },
}

/** For web pages: upright crops, a smaller network and one view, which take a few milliseconds per image. */
export const facesSmall: Recipe = { ...uprightFaces, arch: 'heatmapNet32', tta: { ...NO_MOTION, views: 1 } }

/** The recipes for faces, by their names on command lines. */
export const faceRecipes: Readonly<Record<'faces' | 'faces-small', Recipe>> = { faces, 'faces-small': facesSmall }

/** A dataset and its protocol: 300-W trained on its train part and tested on common; dlib's split of iBUG; IMM people 1-32 and 33-40. */
export type FaceDatasetName = '300w' | 'dlib' | 'imm'

/** Returns {@link faceRecipes} for a dataset. IMM has few images and three times as many epochs; its faces are upright. */
export function faceRecipesFor(dataset: FaceDatasetName): typeof faceRecipes {
  if (dataset !== 'imm') return faceRecipes
  return {
    faces: { ...uprightFaces, epochs: 3 * uprightFaces.epochs },
    'faces-small': { ...facesSmall, epochs: 3 * facesSmall.epochs },
  }
}
