import { affine, brightness, compose, contrast, horizontalFlip, linearLight, resize, sometimes } from '@facekp/augment'
import { IMM_58, type KeypointScheme, pickKeypoints } from '@facekp/core'
import { IMM_NOSE } from '@facekp/data-imm'
import { NO_MOTION } from '../transforms/limits.ts'
import { faces } from './faces.ts'
import type { Recipe } from './recipe.ts'

/** The recipes of a part of the course: the course's own settings, and tuned ones. */
export type CourseRecipes = Readonly<Record<'course' | 'tuned', Recipe>>

/** The keypoint of part 1: the tip of the nose. */
export const NOSE_SCHEME: KeypointScheme = pickKeypoints(IMM_58, 'imm-nose', [IMM_NOSE])

const NOSE_SIZE = { width: 80, height: 60 }

/** Part 1: the nose in the IMM Face Database. */
export const part1Recipes: CourseRecipes = {
  course: {
    arch: 'noseNet',
    initialization: 'torch',
    size: NOSE_SIZE,
    cachedCrop: { size: NOSE_SIZE },
    epochs: 20,
    batchSize: 4,
    learningRate: 1e-5,
    loss: { kind: 'mse' },
  },
  tuned: {
    arch: 'noseNet',
    initialization: 'he',
    size: NOSE_SIZE,
    cachedCrop: { size: { width: 2 * NOSE_SIZE.width, height: 2 * NOSE_SIZE.height } },
    epochs: 300,
    batchSize: 16,
    learningRate: { kind: 'cosine', learningRate: 2e-3, warmupSteps: 400 },
    loss: { kind: 'euclidean' },
    maxGradientNorm: 1,
    augmentation: compose([
      resize(NOSE_SIZE),
      sometimes(0.5, horizontalFlip({ scheme: NOSE_SCHEME })),
      affine({ degrees: 15, scale: 1.15, shift: 0.1 }),
      contrast({ factor: [1 / 1.5, 1.5] }),
      brightness({ offset: 0.2 }),
      linearLight({ strength: 0.2 }),
    ]).toJSON(),
  },
}

/** Part 2: all 58 keypoints of the IMM Face Database. */
export const part2Recipes: CourseRecipes = {
  course: {
    arch: 'faceNet',
    size: { width: 480, height: 360 },
    cachedCrop: { size: { width: 480, height: 360 } },
    epochs: 40,
    batchSize: 4,
    learningRate: 1e-4,
    loss: { kind: 'mse' },
    augmentation: { ...NO_MOTION, degrees: 15, border: 'black', contrast: 0, brightness: 0.2, shade: 0 },
  },
  tuned: {
    arch: 'heatmapNet32',
    size: { width: 160, height: 128 },
    cachedCrop: { size: { width: 320, height: 240 } },
    epochs: 150,
    batchSize: 8,
    learningRate: { kind: 'cosine', learningRate: 2e-3, warmupSteps: 200 },
    loss: { kind: 'euclidean' },
    maxGradientNorm: 1,
    augmentation: {
      degrees: 20,
      scale: 1.2,
      shift: 0.1,
      flipProb: 0.5,
      contrast: 0.4,
      brightness: 0.3,
      shade: 0.2,
    },
    tta: { views: 16, degrees: 8, scale: 1.1, shift: 0.04, flipProb: 0.5 },
  },
}

/** Part 3: the 68 keypoints of iBUG's faces in the wild. */
export const part3Recipes: CourseRecipes = {
  course: {
    arch: 'resnet50',
    antialias: true,
    size: 240,
    margin: 0.2,
    cachedCrop: { size: 272, margin: 0.3 },
    epochs: 40,
    batchSize: 16,
    // 5e-4, and 1e-4 from epoch 20 on.
    learningRate: { kind: 'step', learningRate: 5e-4, milestones: [20], factor: 0.2 },
    loss: { kind: 'mse' },
    augmentation: { ...NO_MOTION, degrees: 15, contrast: 0, brightness: 0.2, shade: 0 },
  },
  tuned: faces,
}
