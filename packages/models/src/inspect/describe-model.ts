import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as tfl from '@tensorflow/tfjs-layers'

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

function getInputShape(layer: tfl.layers.Layer): (number | null)[] {
  return layer.inboundNodes[0]?.inputTensors[0]?.shape.slice(1) ?? []
}

function countElements(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((product, side) => product * (side ?? 0), 1)
}

/**
 * Counts 2 operations per kernel weight and position: of a transposed convolution each position of its input, of other layers each of
 * their output. Of a nested model, those of its layers.
 */
function countFlops(layer: tfl.layers.Layer): number {
  if (layer instanceof tfl.LayersModel) return layer.layers.reduce((sum, part) => sum + countFlops(part), 0)
  const kind = layer.getClassName()
  if (!/^(Conv[123]D|Conv[23]DTranspose|DepthwiseConv2D|SeparableConv2D|Dense)$/.test(kind)) return 0
  const shape = kind.endsWith('Transpose') ? getInputShape(layer) : getOutputShape(layer)
  // A bias has one axis. A separable convolution has two kernels.
  const weights = layer.weights
    .filter((weight) => weight.shape.length > 1)
    .reduce((sum, weight) => sum + countElements(weight.shape), 0)
  const isChannelsFirst = layer.getConfig()['dataFormat'] === 'channelsFirst'
  return 2 * weights * countElements(isChannelsFirst ? shape.slice(1) : shape.slice(0, -1))
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
