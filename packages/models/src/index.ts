export { type AssignedWeights, assignWeights } from './assign-weights.ts'
export {
  type ConvolutionFilters,
  convolutionFilters,
  type FeatureMaps,
  featureMaps,
} from './convolutions.ts'
export type { NetOptions } from './course-net.ts'
export { faceNet } from './face-net.ts'
export { type HeatmapNetOptions, heatmapNet } from './heatmap-net.ts'
export type { Initialization } from './initialization.ts'
export { noseNet } from './nose-net.ts'
export { WEIGHT_SOURCES, type WeightSource } from './weight-sources.ts'
