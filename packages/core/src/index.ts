export { type ArgumentKind, checkArgument } from './arguments/check-argument.ts'
export { checkOptions, type OptionsSubject } from './arguments/check-options.ts'
export { formatValue } from './arguments/format-value.ts'
export { choiceKind, integerKind, listKind, objectKind, optionalKind, optionsKind } from './arguments/kind-makers.ts'
export { nearestName } from './arguments/nearest-name.ts'
export { describeUnknownName } from './arguments/unknown-name.ts'
export { cacheDataset } from './dataset/cache-dataset.ts'
export { checkIndex, checkLoadedSample, createDataset, type Dataset } from './dataset/dataset.ts'
export { groupKFold, groupShuffleSplit, groupSplit } from './dataset/group-split.ts'
export { mapDataset } from './dataset/map-dataset.ts'
export { subset } from './dataset/subset.ts'
export { FacekpError, type FacekpErrorDetails, isFacekpError } from './errors.ts'
export {
  type Affine,
  composeAffine,
  cropAndResize,
  horizontalReflection,
  IDENTITY,
  invert,
  mapKeypoints,
  mapPoint,
  rotation,
  scaling,
  translation,
} from './geometry/affine.ts'
export { type Box, boundingBox, imageBox } from './geometry/box.ts'
export type { DisplacementGrid } from './geometry/displacement-grid.ts'
export type { Homography } from './geometry/homography.ts'
export { mapBox } from './geometry/map-box.ts'
export { inverseWarpPoints, type Warp, warpPoints } from './geometry/nonlinear-warp.ts'
export type { Border, SamplingOptions } from './image/border.ts'
export { type Channels, createImage, type Image, normalizeImage, type PixelData } from './image/image.ts'
export { remapImage } from './image/remap.ts'
export { warpAffine } from './image/warp-affine.ts'
export {
  allVisible,
  fromRelative,
  HIDDEN,
  type Keypoints,
  NOT_LABELED,
  pointAt,
  pointDistances,
  toRelative,
  VISIBLE,
  type Visibility,
} from './keypoints.ts'
export { fromPlainError, type PlainError, toPlainError } from './plain-error.ts'
export { raceWithSignal } from './race-with-signal.ts'
export { type Random, type RandomKey, randomStream, shuffleIndices } from './random.ts'
export {
  createSample,
  type Sample,
  type SourceWarp,
  selectKeypoints,
  toSourcePoints,
  warpSample,
  warpToSource,
} from './sample.ts'
export { IBUG_68 } from './schemes/ibug68.ts'
export { IMM_58 } from './schemes/imm58.ts'
export { MESH_TRIANGLES } from './schemes/mesh-triangles.ts'
export { MESH_468 } from './schemes/mesh468.ts'
export { defineScheme, flipIndices, type KeypointPart, type KeypointScheme, pickKeypoints } from './schemes/scheme.ts'
export {
  createSampleLoader,
  type Json,
  type SampleKey,
  type SampleLoader,
  type Transform,
  transformSample,
} from './transform.ts'
