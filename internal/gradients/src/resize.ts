import * as tf from '@tensorflow/tfjs-core'

type ResizeKernel = 'ResizeBilinear' | 'ResizeNearestNeighbor'
type Alignment = { readonly alignCorners: boolean; readonly halfPixelCenters: boolean }
type ImageBatch = readonly [batch: number, height: number, width: number, channels: number]

/** A pixel of the source that contributes to a pixel of the result along one axis. */
interface Tap {
  readonly from: number
  readonly weight: number
}

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
      return { images: () => tf.tidy(() => multiplyAlongAxes(dy, images.shape, alignment)) }
    },
  }

  function multiplyAlongAxes(dy: tf.Tensor4D, shape: ImageBatch, alignment: Alignment): tf.Tensor4D {
    const [batch, height, width, channels] = shape
    const [, rows, columns] = dy.shape
    const byRow = createMatrix(findTaps(height, rows, alignment), height)
    const byColumn = createMatrix(findTaps(width, columns, alignment), width)
    const overRows = tf.matMul(
      tf.tile(tf.expandDims(byRow, 0), [batch, 1, 1]),
      tf.reshape(dy, [batch, rows, columns * channels]),
      true,
    )
    const overColumns = tf.matMul(
      tf.tile(tf.expandDims(byColumn, 0), [batch * height, 1, 1]),
      tf.reshape(overRows, [batch * height, columns, channels]),
      true,
    )
    return tf.reshape(overColumns, [batch, height, width, channels])
  }
}

/** Tests for alignments that the kernels of wasm, webgl, webgpu and tensorflow compute correctly. */
function isComputedCorrectly({ shape }: tf.Tensor4D, { alignCorners, halfPixelCenters }: Alignment): boolean {
  const isSinglePixel = shape[1] === 1 || shape[2] === 1
  return !halfPixelCenters && !(alignCorners && isSinglePixel)
}

/** Creates the matrix of shape [taps.length, from] that holds the weight of each source pixel in each pixel of the result. */
function createMatrix(taps: readonly (readonly Tap[])[], from: number): tf.Tensor2D {
  const values = new Float32Array(taps.length * from)
  for (const [row, contributions] of taps.entries()) {
    for (const { from: column, weight } of contributions) {
      const at = row * from + column
      values[at] = (values[at] as number) + weight
    }
  }
  return tf.tensor2d(values, [taps.length, from])
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
