export {
  ANTIALIAS_HEADS,
  type AntialiasComparison,
  type AntialiasHead,
  type AntialiasMeans,
  type AntialiasMetric,
  type AntialiasStart,
  type AntialiasTraining,
  type AntialiasVariant,
  antialiasMeanTable,
  antialiasSeedTable,
  type NetworkName,
  type SeedSpread,
  type TextTable,
} from './antialias/comparison.ts'
export { cacheGray } from './data/cache-gray.ts'
export { selectNose } from './data/select-nose.ts'
export { type DistillOptions, type DistillProgress, type DistillResult, distill } from './distill/distill.ts'
export type { Teacher } from './distill/teacher-labels.ts'
export { type MeanShapeBaseline, type Measurement, measure, measureMeanShape, predictKeypoints } from './fit/measure.ts'
export { type CourseRecipes, NOSE_SCHEME, part1Recipes, part2Recipes, part3Recipes } from './recipe/course.ts'
export { createNetwork } from './recipe/create-network.ts'
export { type FaceDatasetName, faceRecipes, faceRecipesFor, faces, facesSmall } from './recipe/faces.ts'
export { overrideRecipe } from './recipe/override.ts'
export { type Recipe, recipeSchema, type TrainingSettings, type Tta } from './recipe/recipe.ts'
export { type RecipeOptions, resizeRecipe, selectRecipe } from './recipe/select-recipe.ts'
export {
  type MetricInterval,
  type RunEpoch,
  type RunErrors,
  type RunSummary,
  runEpochSchema,
  runErrorsSchema,
  runSummarySchema,
} from './run/run-summary.ts'
export { drawTrial, parseSearchSpace, type SweptParameter } from './sweep/search-space.ts'
export { evalDataset, evalTransform } from './transforms/eval-transform.ts'
export { geometricTransforms } from './transforms/geometric-transforms.ts'
export { lightTransforms } from './transforms/light-transforms.ts'
export {
  type AugmentationLimits,
  type Frame,
  type GeometricLimits,
  type ImageSize,
  type LightLimits,
  NO_MOTION,
} from './transforms/limits.ts'
export { mapBetweenSamples } from './transforms/map-between-samples.ts'
export { previewAugmented } from './transforms/preview-augmented.ts'
export { trainTransform } from './transforms/train-transform.ts'
