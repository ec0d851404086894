import type { Augmentation } from './augmentation.ts'
import { affine } from './geometric/affine.ts'
import { crop } from './geometric/crop.ts'
import { elastic } from './geometric/elastic.ts'
import { horizontalFlip } from './geometric/horizontal-flip.ts'
import { pad } from './geometric/pad.ts'
import { perspective } from './geometric/perspective.ts'
import { piecewiseAffine } from './geometric/piecewise-affine.ts'
import { randomCropAroundBox } from './geometric/random-crop-around-box.ts'
import { resize } from './geometric/resize.ts'
import { coarseDropout } from './occluding/coarse-dropout.ts'
import { occluder } from './occluding/occluder.ts'
import { blur } from './photometric/blur.ts'
import { brightness } from './photometric/brightness.ts'
import { clahe } from './photometric/clahe.ts'
import { contrast } from './photometric/contrast.ts'
import { gamma } from './photometric/gamma.ts'
import { gray } from './photometric/gray.ts'
import { hueSaturation } from './photometric/hue-saturation.ts'
import { jpeg } from './photometric/jpeg.ts'
import { linearLight } from './photometric/linear-light.ts'
import { motionBlur } from './photometric/motion-blur.ts'
import { noise } from './photometric/noise.ts'
import { normalize } from './photometric/normalize.ts'
import { sharpen } from './photometric/sharpen.ts'
import { shotNoise } from './photometric/shot-noise.ts'

/** All augmentations that contain no others, by name: what `fromJSON` creates, and what the tests go through. */
export const TRANSFORMS: Readonly<Record<string, (options: never) => Augmentation>> = {
  affine,
  horizontalFlip,
  crop,
  randomCropAroundBox,
  resize,
  pad,
  perspective,
  elastic,
  piecewiseAffine,
  brightness,
  contrast,
  gamma,
  hueSaturation,
  gray,
  blur,
  motionBlur,
  noise,
  shotNoise,
  jpeg,
  sharpen,
  clahe,
  linearLight,
  normalize,
  coarseDropout,
  occluder,
}
