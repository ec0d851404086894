export type { ImageDataLike, PageSource } from '@facekp/image/browser'
export { averageLandmarkers, type MeanLandmarker } from './average-landmarkers.ts'
export {
  evaluateLandmarker,
  type FaceEvaluation,
  type LandmarkerEvaluation,
  type LandmarkerEvaluationOptions,
} from './evaluate-landmarker.ts'
export type { FaceFrame } from './face-frame.ts'
export { type FaceLeveler, type LeveledFace, loadFaceLeveler } from './face-leveler.ts'
export type { FewShotOptions, FewShotProgress } from './few-shot/few-shot-options.ts'
export { type FewShotResult, fitFewShot } from './few-shot/fit-few-shot.ts'
export type { Outlier } from './few-shot/held-out-errors.ts'
export type { Refinement, RefinementErrors } from './few-shot/refine-best.ts'
export type { HeadPose } from './head-pose.ts'
export type { ImageSource } from './image-source.ts'
export type { LandmarkedFace, Landmarker, LandmarkerOptions } from './landmarker.ts'
export type { LandmarkerSource } from './landmarker-source.ts'
export type { Landmarks } from './landmarks.ts'
export { loadLandmarker } from './load-landmarker.ts'
export { MESH_TO_IBUG_68 } from './mesh-to-ibug68.ts'
export type { SaveLandmarkerOptions } from './model/landmarker-content.ts'
export type { LandmarkerMetrics } from './model/landmarker-metrics.ts'
export type { LandmarkerFiles, LandmarkerModel } from './model/landmarker-model.ts'
export { packLandmarker } from './model/pack-landmarker.ts'
export { createNetworkLandmarker, type NetworkLandmarkerOptions } from './predictors/create-network-landmarker.ts'
export { type MeasureCropOptions, measureCrop } from './predictors/measure-crop.ts'
export type { EncodedMap, MeshRegression } from './predictors/mesh-regression.ts'
export {
  createLeveledCrop,
  type ImageCrop,
  type LeveledCrop,
  mapLeveledCrop,
  type NetworkCrop,
  type UprightCrop,
} from './predictors/network-crop.ts'
export type { NetworkInput, NetworkPredictor, StoredNetwork } from './predictors/network-model.ts'
export { predictFromMeshes } from './predictors/predict-from-meshes.ts'
export type { PredictorModel } from './predictors/predictor-model.ts'
export { READY_SCHEMES, type ReadyScheme } from './predictors/ready-predictors.ts'
export type { EncodedRefinement, RefinedRegression } from './predictors/refined-regression.ts'
export type { OneEuroOptions } from './tracking/one-euro.ts'
export type { TrackOptions } from './tracking/track-options.ts'
export type { Frames, TrackedFace, TrackedFrame } from './tracking/tracked-frame.ts'
