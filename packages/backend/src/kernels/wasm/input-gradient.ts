import type * as tf from '@tensorflow/tfjs-core'
import type { ConvGeometry } from './conv-attributes.ts'
import { computePadding, computePhases, type Phase } from './phases.ts'
import type { Scope } from './scope.ts'

/** The convolution that {@link inputGradient} runs on dy for each phase. */
interface PhaseConvolution {
  readonly kernelName: 'Conv2D' | 'DepthwiseConv2dNative'
  /** Channels of its output. */
  readonly channels: number
  /** Makes the filter of a [vertical, horizontal] phase. */
  readonly getFilter: (rows: Phase, columns: Phase) => tf.TensorInfo
}

/**
 * Computes the gradient of a convolution by its input. With stride 1 it is a convolution of dy with the rotated filter. With a larger
 * stride, each of the stride² phases of the input is a convolution of dy with part of the filter; the phases are interleaved at the
 * end. No product with an inserted zero is computed.
 *
 * @param dy [batch, height, width, output channels]
 * @returns [batch, height, width, channels] in the size of the input
 */
export function inputGradient(
  scope: Scope,
  dy: tf.TensorInfo,
  { batch, inSize, outSize, kernel, strides, dilations, before }: ConvGeometry,
  { kernelName, channels, getFilter }: PhaseConvolution,
): tf.TensorInfo {
  const rows = computePhases(kernel[0], strides[0], dilations[0], before[0])
  const columns = computePhases(kernel[1], strides[1], dilations[1], before[1])
  const size = [Math.ceil(inSize[0] / strides[0]), Math.ceil(inSize[1] / strides[1])] as const

  const phase = (row: Phase, column: Phase): tf.TensorInfo => {
    const vertical = computePadding(row, outSize[0], size[0])
    const horizontal = computePadding(column, outSize[1], size[1])
    if (!vertical || !horizontal) return scope.zeros([batch, ...size, channels])
    const [top, bottom] = vertical
    const [left, right] = horizontal
    const input = crop(scope, dy, [top, bottom], [left, right])
    const added = [top, bottom, left, right].map((count) => Math.max(count, 0)) as [number, number, number, number]
    return scope.run(
      kernelName,
      { x: input, filter: getFilter(row, column) },
      {
        strides: [1, 1],
        dilations: [row.step, column.step],
        pad: [
          [0, 0],
          [added[0], added[1]],
          [added[2], added[3]],
          [0, 0],
        ],
        dataFormat: 'NHWC',
      },
    )
  }

  // [batch, rows, columns, channels] of each phase -> [batch, rows, columns x phases, channels] -> [batch, rows x phases, ...].
  const interleave = (parts: readonly tf.TensorInfo[], axis: 1 | 2, shape: readonly number[]): tf.TensorInfo =>
    parts.length === 1
      ? (parts[0] as tf.TensorInfo)
      : scope.reshape(scope.run('Concat', parts, { axis: axis + 1 }), shape)
  const [height, width] = [size[0] * strides[0], size[1] * strides[1]]
  const lines = rows.map((row) =>
    interleave(
      columns.map((column) => phase(row, column)),
      2,
      [batch, size[0], width, channels],
    ),
  )
  const whole = interleave(
    lines.map((line) => scope.reshape(line, [batch, size[0], width, channels])),
    1,
    [batch, height, width, channels],
  )
  if (height === inSize[0] && width === inSize[1]) return whole
  return scope.run('Slice', { x: whole }, { begin: [0, 0, 0, 0], size: [batch, ...inSize, channels] })
}

/** Crops the rows and columns that negative padding removes from dy. */
function crop(
  scope: Scope,
  dy: tf.TensorInfo,
  [top, bottom]: readonly [number, number],
  [left, right]: readonly [number, number],
): tf.TensorInfo {
  const cuts = [top, bottom, left, right].map((count) => Math.max(-count, 0)) as [number, number, number, number]
  if (cuts.every((cut) => cut === 0)) return dy
  const [batch, height, width, channels] = dy.shape as [number, number, number, number]
  return scope.run(
    'Slice',
    { x: dy },
    { begin: [0, cuts[0], cuts[2], 0], size: [batch, height - cuts[0] - cuts[1], width - cuts[2] - cuts[3], channels] },
  )
}
