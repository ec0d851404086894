import type { FaceRecipe } from './train-faces.ts'

/** The best recipe for some thousand faces in the wild that an hour on two processor cores allows. */
export const FACES_IN_THE_WILD: FaceRecipe = {
  arch: 'heatmapNet48',
  antialias: false,
  size: 128,
  margin: 0.2,
  kept: { size: 208, margin: 0.45 },
  epochs: 100,
  batchSize: 16,
  learningRate: { kind: 'cosine', learningRate: 2e-3, warmupSteps: 300 },
  loss: { kind: 'euclidean' },
  maxGradientNorm: 1,
  augmentation: {
    degrees: 25,
    scale: 1.2,
    shift: 0.06,
    mirrored: 0.5,
    contrast: 0.4,
    brightness: 0.3,
    shade: 0.2,
    occluded: 0.4,
  },
  atTest: { views: 8, degrees: 8, scale: 1.06, shift: 0.02, mirrored: 0.5 },
}
