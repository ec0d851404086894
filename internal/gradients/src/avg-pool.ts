import * as tf from '@tensorflow/tfjs-core'

interface Pooling {
  readonly filterSize: number | [number, number, number]
  readonly strides: number | [number, number, number]
  readonly pad: 'same' | 'valid' | number
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** The windows along one axis of the input. */
interface Windows {
  readonly count: number
  readonly stride: number
  readonly size: number
  /** Number of padded pixels before the first pixel. */
  readonly before: number
  /** Number of pixels of the input. */
  readonly length: number
}

/**
 * Compute the gradients of `tf.avgPool` and `tf.avgPool3d`. Forward, the mean at the border is that of the pixels inside the image. Backward,
 * the kernels of TensorFlow.js in JavaScript, wasm, webgl and webgpu divide by the whole window there, so dy is scaled beforehand.
 */
export const avgPoolGradients: readonly tf.GradConfig[] = [
  createGradient('AvgPool', findWindows2d, ['onnx', 'tensorflow']),
  createGradient('AvgPool3D', findWindows3d, ['tensorflow']),
]

function createGradient(
  kernelName: string,
  findWindows: (shape: readonly number[], pooling: Pooling) => readonly Windows[],
  correctOn: readonly string[],
): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    gradFunc(dyValue, [xValue], attrs) {
      const [dy, input] = [dyValue as tf.Tensor, xValue as tf.Tensor]
      return {
        x: () =>
          tf.tidy(() => {
            const isCorrect = correctOn.includes(tf.getBackend())
            const scaled = isCorrect ? dy : scaleBorder(dy, findWindows(input.shape, attrs as unknown as Pooling))
            return tf.engine().runKernel(`${kernelName}Grad`, { dy: scaled, input }, attrs) as tf.Tensor
          }),
      }
    },
  }
}

/** Multiplies dy, shape [batch, ...axes, channels], by the length of each window over its part inside the image, along each axis. */
function scaleBorder(dy: tf.Tensor, axes: readonly Windows[]): tf.Tensor {
  let scaled = dy
  for (const [i, windows] of axes.entries()) {
    const scale = scaleWindows(windows)
    if (scale.every((factor) => factor === 1)) continue
    const shape = dy.shape.map((_, axis) => (axis === i + 1 ? scale.length : 1))
    scaled = tf.mul(scaled, tf.tensor(scale, shape))
  }
  return scaled
}

function scaleWindows({ count, stride, size, before, length }: Windows): number[] {
  return Array.from({ length: count }, (_, place) => {
    const begin = place * stride - before
    return size / (Math.min(length, begin + size) - Math.max(0, begin))
  })
}

function findWindows2d(shape: readonly number[], { filterSize, strides, pad, dimRoundingMode }: Pooling): Windows[] {
  const info = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize as number | [number, number],
    strides as number | [number, number],
    1,
    pad,
    dimRoundingMode,
  )
  return [
    {
      count: info.outHeight,
      stride: info.strideHeight,
      size: info.filterHeight,
      before: info.padInfo.top,
      length: info.inHeight,
    },
    {
      count: info.outWidth,
      stride: info.strideWidth,
      size: info.filterWidth,
      before: info.padInfo.left,
      length: info.inWidth,
    },
  ]
}

function findWindows3d(shape: readonly number[], { filterSize, strides, pad, dimRoundingMode }: Pooling): Windows[] {
  const info = tf.backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  )
  const { front, top, left } = info.padInfo
  return [
    { count: info.outDepth, stride: info.strideDepth, size: info.filterDepth, before: front, length: info.inDepth },
    { count: info.outHeight, stride: info.strideHeight, size: info.filterHeight, before: top, length: info.inHeight },
    { count: info.outWidth, stride: info.strideWidth, size: info.filterWidth, before: left, length: info.inWidth },
  ]
}
