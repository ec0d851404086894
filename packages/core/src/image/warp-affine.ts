import { checkArgument } from '../arguments/check-argument.ts'
import * as KINDS from '../arguments/kinds.ts'
import { type Affine, composeAffine, scaling } from '../geometry/affine.ts'
import { sampleBytes } from './bilinear-bytes.ts'
import { sampleFloats } from './bilinear-floats.ts'
import { blurByVariance } from './blur.ts'
import { checkBorder, type SamplingOptions } from './border.ts'
import { cropToVisible } from './crop-to-visible.ts'
import { downsample2x } from './downsample.ts'
import type { Image, PixelData } from './image.ts'
import { warpAxisAligned } from './warp-axis-aligned.ts'

/** An image is halved along an axis as long as the map shrinks that axis at least this much. */
const MIN_SHRINK_TO_HALVE = 1.75
/** A residual variance below this, in pixels squared, is not visible. */
const MIN_VARIANCE = 0.05

/**
 * Samples `image` through an affine map: the output's pixel at p shows the input at `toInput(p)`.
 *
 * If the map enlarges or only rotates, the four nearest pixels are interpolated (bilinear). If it shrinks, every input pixel
 * under the output pixel's triangle filter is averaged. Through a map without rotation or shear the filter is exactly that of
 * PIL and torchvision with `antialias=True`. Through any other map the filter is as wide along either axis of the input as the
 * map shrinks there. It is composed of fast parts that together have the filter's variance: halving, as mipmaps do, a blur of
 * three pixels, and bilinear interpolation; beyond the border, the halved image is continued.
 *
 * Source of halving: Williams, Pyramidal Parametrics, SIGGRAPH 1983.
 *
 * @param toInput from the output's point coordinates to the input's
 * @param sampling size of the output, and what lies beyond the input (`border`, default `edge`)
 * @returns width x height, the channels and kind of data of `image` (bytes are rounded)
 * @throws `ARGUMENT` for a constant border that bytes cannot have
 */
export function warpAffine<Data extends PixelData>(
  image: Image<Data>,
  toInput: Affine,
  sampling: SamplingOptions,
): Image<Data> {
  checkArgument(KINDS.image, image, 'image', 'warpAffine')
  checkArgument(KINDS.affine, toInput, 'toInput', 'warpAffine')
  checkArgument(KINDS.sampling, sampling, 'options', 'warpAffine')
  checkBorder(image, sampling, 'warpAffine')
  const { width, height, border = 'edge' } = sampling
  const [, b, , d] = toInput
  const options = { width, height, border }
  if (Math.abs(b) < 1e-9 && Math.abs(d) < 1e-9) return warpAxisAligned(image, toInput, options)
  const filtered = prefilter(image, toInput, options)
  const output =
    filtered.image.data instanceof Uint8Array
      ? sampleBytes(filtered.image as Image<Uint8Array>, filtered.toInput, options)
      : sampleFloats(filtered.image as Image<Float32Array>, filtered.toInput, options)
  return { ...image, data: output as Data, width, height }
}

/** An image, and the map from the output's point coordinates to it. */
interface MappedImage<Data extends PixelData> {
  readonly image: Image<Data>
  readonly toInput: Affine
}

/** Blurs and halves the image, so that bilinear interpolation of the result does not alias. */
function prefilter<Data extends PixelData>(
  image: Image<Data>,
  toInput: Affine,
  options: SamplingOptions,
): MappedImage<Data> {
  let shrinkX = Math.hypot(toInput[0], toInput[1])
  let shrinkY = Math.hypot(toInput[3], toInput[4])
  let halvingsX = 0
  let halvingsY = 0
  let filtered: MappedImage<Data> = { image, toInput }
  if (shrinkX > 1 || shrinkY > 1) filtered = cropToVisible(image, toInput, options)
  while (shrinkX >= MIN_SHRINK_TO_HALVE || shrinkY >= MIN_SHRINK_TO_HALVE) {
    const halvesX = shrinkX >= MIN_SHRINK_TO_HALVE
    const halvesY = shrinkY >= MIN_SHRINK_TO_HALVE
    filtered = {
      image: downsample2x(filtered.image, { horizontal: halvesX, vertical: halvesY }),
      toInput: composeAffine(filtered.toInput, scaling(halvesX ? 0.5 : 1, halvesY ? 0.5 : 1, -0.5, -0.5)),
    }
    if (halvesX) {
      shrinkX /= 2
      halvingsX++
    }
    if (halvesY) {
      shrinkY /= 2
      halvingsY++
    }
  }
  const horizontal = residualVariance(shrinkX, halvingsX)
  const vertical = residualVariance(shrinkY, halvingsY)
  if (horizontal + vertical === 0) return filtered
  return { ...filtered, image: blurByVariance(filtered.image, { horizontal, vertical }) }
}

/**
 * Computes the variance, in pixels of the halved image squared, that halving and bilinear interpolation leave to a blur:
 * a triangle filter of radius r has a variance of r * r / 6.
 */
function residualVariance(shrink: number, halvings: number): number {
  const variance = (shrink * shrink - (1 - 4 ** -halvings) / 2 - 1) / 6
  return variance > MIN_VARIANCE ? variance : 0
}
