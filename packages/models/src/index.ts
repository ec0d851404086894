export type { Decoded } from '@facekp/tfjs-utils'
export { type CreateModelOptions, createModel, listModels, type PretrainedModel } from './create-model.ts'
export { encodeModel, type ModelFiles } from './files/encode-model.ts'
export { readModel } from './files/read-model.ts'
export { getHead, type HeadKind, type ModelHead } from './heads/head.ts'
export {
  type ConvolutionFilters,
  convolutionFilters,
  type FeatureMaps,
  featureMaps,
} from './inspect/convolutions.ts'
export { describeModel, type LayerDescription, type ModelDescription } from './inspect/describe-model.ts'
export { featureModel } from './inspect/feature-model.ts'
export type { Initialization } from './layers/initialization.ts'
export type { NetOptions } from './networks/course-net.ts'
export { faceNet } from './networks/face-net.ts'
export { type HeatmapNetOptions, heatmapNet } from './networks/heatmap-net.ts'
export { noseNet } from './networks/nose-net.ts'
export { type ResNetOptions, resNet } from './networks/resnet.ts'
export type { Antialias } from './networks/resnet-layers.ts'
export { getPreprocessing, type Preprocessing, setPreprocessing } from './preprocessing.ts'
export { type AssignedWeights, assignWeights } from './pretrained/assign-weights.ts'
export { WEIGHT_SOURCES, type WeightSource } from './pretrained/weight-sources.ts'
export type { ModelInfo, ModelName } from './registry.ts'
export { foldBatchNorm } from './transform/fold-batch-norm.ts'
export { freeze, listStages, unfreeze } from './transform/freeze.ts'
