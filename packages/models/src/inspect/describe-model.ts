import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type * as tfl from '@tensorflow/tfjs-layers'

/** Description of one layer. */
export interface LayerDescription {
  readonly name: string
  /** Class name in TensorFlow.js, such as `Conv2D`. */
  readonly kind: string
  /** Output shape for one image; null for an unknown side. */
  readonly shape: readonly (number | null)[]
  readonly parameters: number
  /** Floating-point operations for one image: multiplications and additions of convolutions and dense layers. */
  readonly flops: number
}

/** Description of a model. */
export interface ModelDescription {
  readonly name: string
  readonly layers: readonly LayerDescription[]
  /** Number of all weights, running statistics included. */
  readonly parameters: number
  /** Number of weights that training changes. */
  readonly trainableParameters: number
  readonly flops: number
  /** A table of all layers. */
  readonly text: string
}

/**
 * Describes a model: each layer's output shape, parameters and floating-point operations for one image.
 *
 * A multiplication and an addition count as two operations, twice what some papers call FLOPs. Only convolutions and dense layers of
 * known size count.
 *
 * @example
 * ```ts
 * console.log(describeModel(model).text)
 * ```
 */
export function describeModel(model: tfl.LayersModel): ModelDescription {
  checkArgument(KINDS.model, model, 'model', 'describeModel')
  const layers = model.layers.map((layer) => ({
    name: layer.name,
    kind: layer.getClassName(),
    shape: getOutputShape(layer),
    parameters: layer.countParams(),
    flops: countFlops(layer),
  }))
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
  const totals = {
    parameters: sum(layers.map(({ parameters }) => parameters)),
    trainableParameters: sum(model.trainableWeights.map(({ shape }) => countElements(shape))),
    flops: sum(layers.map(({ flops }) => flops)),
  }
  return { name: model.name, layers, ...totals, text: formatTable(layers, totals) }
}

function getOutputShape(layer: tfl.layers.Layer): (number | null)[] {
  const { outputShape } = layer
  return (Array.isArray(outputShape[0]) ? (outputShape[0] as tfl.Shape) : (outputShape as tfl.Shape)).slice(1)
}

function countElements(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((product, side) => product * (side ?? 0), 1)
}

/** Counts 2 operations per kernel weight [..., in, out] and output position. */
function countFlops(layer: tfl.layers.Layer): number {
  if (!/^(Conv[123]D|DepthwiseConv2D|Dense)$/.test(layer.getClassName())) return 0
  const [kernel] = layer.weights
  return kernel ? 2 * countElements(kernel.shape) * countElements(getOutputShape(layer).slice(0, -1)) : 0
}

function formatTable(
  layers: readonly LayerDescription[],
  { parameters, trainableParameters, flops }: Omit<ModelDescription, 'name' | 'layers' | 'text'>,
): string {
  const count = (value: number): string => value.toLocaleString('en-US')
  const millions = (value: number): string => (value / 1e6).toFixed(1)
  const rows = [
    ['layer', 'kind', 'output', 'parameters', 'MFLOP'],
    ...layers.map((layer) => [
      layer.name,
      layer.kind,
      layer.shape.map((side) => side ?? '?').join(' x '),
      count(layer.parameters),
      millions(layer.flops),
    ]),
    ['all', '', '', count(parameters), millions(flops)],
  ]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length))) ?? []
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column > 2 ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number),
      )
      .join('  '),
  )
  return [...lines, `${count(trainableParameters)} of ${count(parameters)} parameters are trainable`].join('\n')
}
