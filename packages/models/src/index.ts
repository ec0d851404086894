export type { Decoded } from '@facekp/tfjs-utils'
export { type AssignedWeights, assignWeights } from './assign-weights.ts'
export {
  type ConvolutionFilters,
  convolutionFilters,
  type FeatureMaps,
  featureMaps,
} from './convolutions.ts'
export type { NetOptions } from './course-net.ts'
export { type CreateModelOptions, createModel, listModels, type PretrainedModel } from './create-model.ts'
export { describeModel, type LayerDescription, type ModelDescription } from './describe-model.ts'
export { faceNet } from './face-net.ts'
export { featureModel } from './features.ts'
export { foldBatchNorm } from './fold-batch-norm.ts'
export { getHead, type HeadKind, type ModelHead } from './heads/head.ts'
export { type HeatmapNetOptions, heatmapNet } from './heatmap-net.ts'
export type { Initialization } from './initialization.ts'
export { noseNet } from './nose-net.ts'
export type { ModelInfo, ModelName } from './registry.ts'
export { type Antialias, type ResNetOptions, resNet } from './resnet.ts'
export { freeze, listStages, unfreeze } from './stages.ts'
export { WEIGHT_SOURCES, type WeightSource } from './weight-sources.ts'
