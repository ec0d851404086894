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
  const calls = findCalls(model)
  const layers = model.layers.map((layer) => ({
    name: layer.name,
    kind: layer.getClassName(),
    shape: getOutputShape(layer, calls),
    parameters: layer.countParams(),
    flops: countLayerFlops(layer, calls),
  }))
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
  const totals = {
    parameters: sum(layers.map(({ parameters }) => parameters)),
    trainableParameters: sum(model.trainableWeights.map(({ shape }) => countElements(shape))),
    flops: sum(layers.map(({ flops }) => flops)),
  }
  return { name: model.name, layers, ...totals, text: formatTable(layers, totals) }
}

type Layer = tfl.layers.Layer
type Call = Layer['inboundNodes'][number]
type Calls = ReadonlyMap<Layer, readonly Call[]>

/** Finds the calls of the layers that a model computes with; a nested model that begins a sequential one has none. */
function findCalls(model: tfl.LayersModel): Calls {
  const calls = new Map<Layer, Call[]>()
  const visit = ({ sourceLayer, nodeIndex, inputs }: tfl.SymbolicTensor): void => {
    const call = sourceLayer.inboundNodes[nodeIndex] as Call
    const others = calls.get(sourceLayer) ?? []
    if (others.includes(call)) return
    calls.set(sourceLayer, [...others, call])
    inputs.forEach(visit)
  }
  model.outputs.forEach(visit)
  return calls
}

/** Returns the shape of the first output; of a layer that is called several times, that of one call. */
function getOutputShape(layer: Layer, calls: Calls): (number | null)[] {
  const [call] = calls.get(layer) ?? []
  const { shape } = (call ? call.outputTensors : (layer as tfl.LayersModel).outputs)[0] as tfl.SymbolicTensor
  return shape.slice(1)
}

function countElements(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((product, side) => product * (side ?? 0), 1)
}

/** Counts the operations of all calls of a layer, or of the layers of a nested model. */
function countLayerFlops(layer: Layer, calls: Calls): number {
  const layerCalls = calls.get(layer) ?? []
  if (!(layer instanceof tfl.LayersModel)) return layerCalls.reduce((sum, call) => sum + countFlops(layer, call), 0)
  const inner = findCalls(layer)
  return Math.max(1, layerCalls.length) * layer.layers.reduce((sum, part) => sum + countLayerFlops(part, inner), 0)
}

/**
 * Counts 2 operations per kernel weight and position: of a transposed convolution each position of its input, of other layers each of
 * their output.
 */
function countFlops(layer: Layer, { inputTensors, outputTensors }: Call): number {
  const kind = layer.getClassName()
  if (!/^(Conv[123]D|Conv[23]DTranspose|DepthwiseConv2D|SeparableConv2D|Dense)$/.test(kind)) return 0
  const [tensor] = (kind.endsWith('Transpose') ? inputTensors : outputTensors) as [tfl.SymbolicTensor]
  const shape = tensor.shape.slice(1)
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
