import * as tf from '@tensorflow/tfjs-core'
import { multiplyAlongAxes, type Tap } from './separable.ts'

type ResizeKernel = 'ResizeBilinear' | 'ResizeNearestNeighbor'
type Alignment = { readonly alignCorners: boolean; readonly halfPixelCenters: boolean }

/**
 * Computes the gradient of `tf.image.resizeBilinear`. In TensorFlow.js, half-pixel centers are wrong, cpu fails for images that are not
 * square, and webgl and webgpu are wrong for a single pixel with aligned corners.
 */
export const resizeBilinearGradient: tf.GradConfig = createResizeGradient('ResizeBilinear', findBilinearTaps)

/**
 * Computes the gradient of `tf.image.resizeNearestNeighbor`. In TensorFlow.js, half-pixel centers are wrong, cpu reads wrong positions
 * from the second image of a batch on, and wasm and webgpu are wrong for a single pixel with aligned corners.
 */
export const resizeNearestNeighborGradient: tf.GradConfig = createResizeGradient(
  'ResizeNearestNeighbor',
  findNearestTaps,
)

/**
 * Resizing is one product with a matrix along each axis, so its gradient is a product with each transposed matrix. It replaces the kernel of
 * the backend only where that is wrong, so that the rest keeps its speed.
 */
function createResizeGradient(
  kernelName: ResizeKernel,
  findTaps: (from: number, to: number, alignment: Alignment) => readonly (readonly Tap[])[],
): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['images'],
    gradFunc(dyValue, [imagesValue], attrs) {
      const [dy, images] = [dyValue as tf.Tensor4D, imagesValue as tf.Tensor4D]
      const alignment = attrs as unknown as Alignment
      const backend = tf.getBackend()
      if (backend === 'onnx' || (backend !== 'cpu' && isComputedCorrectly(images, alignment))) {
        return { images: () => tf.engine().runKernel(`${kernelName}Grad`, { dy, images }, attrs) as tf.Tensor }
      }
      const taps = [1, 2].map((axis) => findTaps(images.shape[axis] as number, dy.shape[axis] as number, alignment))
      return { images: () => tf.tidy(() => multiplyAlongAxes(dy, images.shape, taps)) }
    },
  }
}

/** Tests for alignments that the kernels of wasm, webgl, webgpu and tensorflow compute correctly. */
function isComputedCorrectly({ shape }: tf.Tensor4D, { alignCorners, halfPixelCenters }: Alignment): boolean {
  const isSinglePixel = shape[1] === 1 || shape[2] === 1
  return !halfPixelCenters && !(alignCorners && isSinglePixel)
}

function findBilinearTaps(from: number, to: number, { alignCorners, halfPixelCenters }: Alignment): Tap[][] {
  const ratio = findRatio(from, to, alignCorners)
  return Array.from({ length: to }, (_, place) => {
    const exact = halfPixelCenters ? ratio * (place + 0.5) - 0.5 : ratio * place
    const lower = Math.max(0, Math.floor(exact))
    const upper = Math.min(from - 1, Math.ceil(exact))
    const share = exact - lower
    return [
      { from: lower, weight: 1 - share },
      { from: upper, weight: share },
    ]
  })
}

function findNearestTaps(from: number, to: number, { alignCorners, halfPixelCenters }: Alignment): Tap[][] {
  const ratio = findRatio(from, to, alignCorners)
  return Array.from({ length: to }, (_, place) => {
    const exact = ratio * (halfPixelCenters ? place + 0.5 : place)
    return [{ from: Math.min(from - 1, alignCorners ? Math.round(exact) : Math.floor(exact)), weight: 1 }]
  })
}

function findRatio(from: number, to: number, alignCorners: boolean): number {
  return alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to
}
