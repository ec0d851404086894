import type * as tf from '@tensorflow/tfjs'
import type { ConvGeometry } from './conv-attributes.ts'
import { type Phase, paddingOf, phasesOf } from './phases.ts'
import type { Scope } from './scope.ts'

/** The filter of a phase, its taps chosen by [vertical, horizontal] phase. */
export type FilterOfPhase = (rows: Phase, columns: Phase) => tf.TensorInfo

/**
 * The gradient of a convolution by its input. With stride 1 it is a convolution of dy with the turned filter; with a larger
 * stride each of the stride² phases of the input is a convolution of dy with a part of the filter, so that no product with a
 * zero between is computed; the phases are woven together at the end.
 *
 * @param dy [batch, height, width, channels of the output]
 * @param kernelName `Conv2D` or `DepthwiseConv2dNative`, which is run on dy with what `filterOf` gives
 * @param channels of the input
 */
export function inputGradient(
  scope: Scope,
  dy: tf.TensorInfo,
  { batch, inSize, outSize, kernel, strides, dilations, before }: ConvGeometry,
  kernelName: string,
  filterOf: FilterOfPhase,
  channels: number,
): tf.TensorInfo {
  const rows = phasesOf(kernel[0], strides[0], dilations[0], before[0])
  const columns = phasesOf(kernel[1], strides[1], dilations[1], before[1])
  const size = [Math.ceil(inSize[0] / strides[0]), Math.ceil(inSize[1] / strides[1])] as const

  const phase = (row: Phase, column: Phase): tf.TensorInfo => {
    if (row.taps.length === 0 || column.taps.length === 0) {
      const zeros = scope.make([batch, ...size, channels])
      scope.numbers(zeros).fill(0)
      return zeros
    }
    const [top, bottom] = paddingOf(row, outSize[0], size[0])
    const [left, right] = paddingOf(column, outSize[1], size[1])
    const seen = cropped(scope, dy, [top, bottom], [left, right])
    const added = [top, bottom, left, right].map((count) => Math.max(count, 0)) as [number, number, number, number]
    return scope.run(
      kernelName,
      { x: seen, filter: filterOf(row, column) },
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
  const weave = (parts: readonly tf.TensorInfo[], axis: 1 | 2, shape: readonly number[]): tf.TensorInfo =>
    parts.length === 1
      ? (parts[0] as tf.TensorInfo)
      : scope.reshape(scope.run('Concat', parts, { axis: axis + 1 }), shape)
  const [height, width] = [size[0] * strides[0], size[1] * strides[1]]
  const lines = rows.map((row) =>
    weave(
      columns.map((column) => phase(row, column)),
      2,
      [batch, size[0], width, channels],
    ),
  )
  const whole = weave(
    lines.map((line) => scope.reshape(line, [batch, size[0], width, channels])),
    1,
    [batch, height, width, channels],
  )
  if (height === inSize[0] && width === inSize[1]) return whole
  return scope.run('Slice', { x: whole }, { begin: [0, 0, 0, 0], size: [batch, ...inSize, channels] })
}

/** dy without the rows and columns that negative padding takes away. */
function cropped(
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
