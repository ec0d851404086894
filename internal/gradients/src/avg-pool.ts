import * as tf from '@tensorflow/tfjs-core'
import { multiplyAlongAxes, type Tap } from './separable.ts'

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
  /** Number of padded pixels after the last pixel. */
  readonly after: number
  /** Number of pixels of the input. */
  readonly length: number
}

/**
 * Compute the gradients of `tf.avgPool` and `tf.avgPool3d`. Forward, the mean at the border is that of the pixels inside the image. Backward,
 * the kernels of TensorFlow.js in JavaScript, wasm, webgl and webgpu divide by the whole window there, so dy is scaled beforehand. They also
 * round the number of windows down, whatever `dimRoundingMode` is: if it does not, dy is multiplied by the transposed matrix along each axis.
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
            const pooling = attrs as unknown as Pooling
            const axes = findWindows(input.shape, pooling)
            const isRoundedDown = (pooling.dimRoundingMode ?? 'floor') === 'floor'
            if (!isRoundedDown || !axes.every(isRegular)) return multiplyAlongAxes(dy, input.shape, axes.map(findTaps))
            const scaled = correctOn.includes(tf.getBackend()) ? dy : scaleBorder(dy, axes)
            return tf.engine().runKernel(`${kernelName}Grad`, { dy: scaled, input }, attrs) as tf.Tensor
          }),
      }
    },
  }
}

/** Tests for windows that the kernels expect: as many as fit, and padding narrower than a window. */
function isRegular({ count, stride, size, before, after, length }: Windows): boolean {
  const fitting = Math.floor((length + before + after - size) / stride) + 1
  return fitting === count && before < size && after < size
}

/** Finds the pixels of the image in each window, and their shares in its mean. */
function findTaps({ count, stride, size, before, length }: Windows): Tap[][] {
  return Array.from({ length: count }, (_, place) => {
    const begin = place * stride - before
    const pixels = Array.from({ length: size }, (_step, i) => begin + i).filter((from) => from >= 0 && from < length)
    return pixels.map((from) => ({ from, weight: 1 / pixels.length }))
  })
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
  return findRowsAndColumns(info)
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
  return [
    {
      count: info.outDepth,
      stride: info.strideDepth,
      size: info.filterDepth,
      before: info.padInfo.front,
      after: info.padInfo.back,
      length: info.inDepth,
    },
    ...findRowsAndColumns(info),
  ]
}

function findRowsAndColumns(info: tf.backend_util.Conv2DInfo | tf.backend_util.Conv3DInfo): Windows[] {
  return [
    {
      count: info.outHeight,
      stride: info.strideHeight,
      size: info.filterHeight,
      before: info.padInfo.top,
      after: info.padInfo.bottom,
      length: info.inHeight,
    },
    {
      count: info.outWidth,
      stride: info.strideWidth,
      size: info.filterWidth,
      before: info.padInfo.left,
      after: info.padInfo.right,
      length: info.inWidth,
    },
  ]
}
