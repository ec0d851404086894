export {
  type Affine,
  chain,
  croppingAndResizing,
  IDENTITY,
  invert,
  mapKeypoints,
  mapPoint,
  mirroring,
  rotation,
  scaling,
  translation,
} from './affine.ts'
export { type Bend, bendPoints, type DisplacementGrid, type Homography, unbendPoints } from './bend.ts'
export type { Border } from './border.ts'
export { type Box, boundingBox, imageBox } from './box.ts'
export { cacheDataset } from './cache.ts'
export { checkIndex, type Dataset, datasetOf } from './dataset.ts'
export { FacekpError, type FacekpErrorDetails, isFacekpError } from './errors.ts'
export { type Channels, createImage, type Image, normalizeImage, type PixelData } from './image.ts'
export {
  allVisible,
  fromRelative,
  HIDDEN,
  type Keypoints,
  NOT_LABELLED,
  pointAt,
  pointDistances,
  toRelative,
  VISIBLE,
  type Visibility,
} from './keypoints.ts'
export { mapDataset } from './map.ts'
export { fromPlainError, type PlainError, toPlainError } from './plain-error.ts'
export { type Random, type RandomKey, randomStream, shuffledIndices } from './random.ts'
export { remapImage } from './remap.ts'
export {
  bendToSource,
  createSample,
  mapBox,
  type Sample,
  type SourceBend,
  selectPoints,
  toSourcePoints,
  warpSample,
} from './sample.ts'
export { defineScheme, type KeypointPart, type KeypointScheme, mirrorIndices, subScheme } from './scheme.ts'
export { IBUG_68 } from './schemes/ibug68.ts'
export { IMM_58 } from './schemes/imm58.ts'
export { splitByKey, splitByKeyAtRandom } from './split.ts'
export { subset } from './subset.ts'
export {
  type Json,
  type SampleKey,
  type SampleReader,
  sampleReader,
  type Transform,
  transformSample,
} from './transform.ts'
export { warpAffine } from './warp.ts'
