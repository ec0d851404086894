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
} from './affine.ts'
export { type DisplacementGrid, type Homography, inverseWarpPoints, type Warp, warpPoints } from './bend.ts'
export type { Border } from './border.ts'
export { type Box, boundingBox, imageBox } from './box.ts'
export { cacheDataset } from './cache.ts'
export { checkIndex, createDataset, type Dataset } from './dataset.ts'
export { FacekpError, type FacekpErrorDetails, isFacekpError } from './errors.ts'
export { type Channels, createImage, type Image, normalizeImage, type PixelData } from './image.ts'
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
export { mapDataset } from './map.ts'
export { fromPlainError, type PlainError, toPlainError } from './plain-error.ts'
export { type Random, type RandomKey, randomStream, shuffleIndices } from './random.ts'
export { remapImage } from './remap.ts'
export {
  createSample,
  mapBox,
  type Sample,
  type SourceWarp,
  selectKeypoints,
  toSourcePoints,
  warpSample,
  warpToSource,
} from './sample.ts'
export { defineScheme, flipIndices, type KeypointPart, type KeypointScheme, pickKeypoints } from './scheme.ts'
export { IBUG_68 } from './schemes/ibug68.ts'
export { IMM_58 } from './schemes/imm58.ts'
export { groupShuffleSplit, groupSplit } from './split.ts'
export { subset } from './subset.ts'
export {
  createSampleLoader,
  type Json,
  type SampleKey,
  type SampleLoader,
  type Transform,
  transformSample,
} from './transform.ts'
export { warpAffine } from './warp.ts'
