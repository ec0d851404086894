export type {
  Applied,
  AppliedOp,
  Augmentation,
  AugmentationJson,
  Augmented,
  GeometricOp,
  Op,
  OutOfFrame,
  PhotometricOp,
  ResolvedBorderOptions,
  SampleMeta,
  Size,
} from './augmentation.ts'
export { compose } from './composition/compose.ts'
export { type OneOfParams, oneOf } from './composition/one-of.ts'
export { type SomeOfParams, someOf } from './composition/some-of.ts'
export { type SometimesParams, sometimes } from './composition/sometimes.ts'
export { type AffineOptions, type AffineParams, affine } from './geometric/affine.ts'
export { type CropOptions, type CropParams, crop } from './geometric/crop.ts'
export { elastic } from './geometric/elastic.ts'
export type { GridOptions, GridParams } from './geometric/grid.ts'
export { type HorizontalFlipOptions, type HorizontalFlipParams, horizontalFlip } from './geometric/horizontal-flip.ts'
export { type PadOptions, type PadParams, pad } from './geometric/pad.ts'
export { type PerspectiveOptions, type PerspectiveParams, perspective } from './geometric/perspective.ts'
export { piecewiseAffine } from './geometric/piecewise-affine.ts'
export {
  type RandomCropAroundBoxOptions,
  type RandomCropAroundBoxParams,
  randomCropAroundBox,
} from './geometric/random-crop-around-box.ts'
export { type ResizeOptions, type ResizeParams, resize } from './geometric/resize.ts'
export { fromJSON, replay } from './json.ts'
export { type CoarseDropoutOptions, type CoarseDropoutParams, coarseDropout } from './occluding/coarse-dropout.ts'
export type { Color } from './occluding/cover.ts'
export { type OccluderOptions, type OccluderParams, occluder } from './occluding/occluder.ts'
export { type BlurOptions, type BlurParams, blur } from './photometric/blur.ts'
export { type BrightnessOptions, type BrightnessParams, brightness } from './photometric/brightness.ts'
export { type ClaheOptions, type ClaheParams, clahe } from './photometric/clahe.ts'
export { type ContrastOptions, type ContrastParams, contrast } from './photometric/contrast.ts'
export { type GammaOptions, type GammaParams, gamma } from './photometric/gamma.ts'
export { type GrayOptions, type GrayParams, gray } from './photometric/gray.ts'
export { type HueSaturationOptions, type HueSaturationParams, hueSaturation } from './photometric/hue-saturation.ts'
export { type JpegOptions, type JpegParams, jpeg } from './photometric/jpeg.ts'
export { type LinearLightOptions, type LinearLightParams, linearLight } from './photometric/linear-light.ts'
export { type MotionBlurOptions, type MotionBlurParams, motionBlur } from './photometric/motion-blur.ts'
export { type NoiseOptions, type NoiseParams, noise } from './photometric/noise.ts'
export { type NormalizeOptions, type NormalizeParams, normalize } from './photometric/normalize.ts'
export { type SharpenOptions, type SharpenParams, sharpen } from './photometric/sharpen.ts'
export { type ShotNoiseOptions, type ShotNoiseParams, shotNoise } from './photometric/shot-noise.ts'
export type { BorderOptions, Range } from './schemas.ts'
