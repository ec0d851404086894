import * as tfl from '@tensorflow/tfjs-layers'

/** Tensors that nested models are called with, by the input layers of these models. */
export type CallInputs = ReadonlyMap<tfl.layers.Layer, tfl.SymbolicTensor>

/** Layers that keep the order of a flat tensor. */
const ELEMENTWISE: ReadonlySet<string> = new Set([
  'Activation',
  'BatchNormalization',
  'Dropout',
  'ELU',
  'LayerNormalization',
  'LeakyReLU',
  'PReLU',
  'ReLU',
  'ThresholdedReLU',
])

/** Layers whose output is a sequence of features in both libraries. */
const SEQUENCES: ReadonlySet<string> = new Set(['Dense', 'Embedding', 'GRU', 'LSTM', 'SimpleRNN', 'TimeDistributed'])

/**
 * Gets the shape that a Flatten before the layer flattens, if PyTorch flattens it in another order: (channels, ...) instead of
 * (..., channels).
 *
 * @param callInputs those of the model: the Flatten may stand outside of a nested model, or within one
 * @returns [..., channels] without the batch; undefined if there is no Flatten or the order is the same
 */
export function getFlattenedShape(layer: tfl.layers.Layer, callInputs: CallInputs): number[] | undefined {
  const flatten = findFlatten(layer, callInputs)
  if (!flatten) return undefined
  const shape = (flatten.input as tfl.SymbolicTensor).shape.slice(1) as number[]
  const format = findDataFormat(flatten, callInputs) ?? (shape.length > 2 ? 'channelsLast' : 'sequence')
  if (shape.length < 2 || format === 'sequence') return undefined
  if (format === 'channelsLast') return shape
  // A Flatten of channels first keeps PyTorch's order, unless it puts the channels last itself.
  const [channels, ...spatial] = shape
  return flatten.getConfig()['dataFormat'] === 'channelsFirst' ? [...spatial, channels as number] : undefined
}

/** Finds the Flatten, or the Reshape to one axis, before a layer. */
function findFlatten(layer: tfl.layers.Layer, callInputs: CallInputs): tfl.layers.Layer | undefined {
  const before = getInput(layer, callInputs)
  if (!before) return undefined
  const kind = before.getClassName()
  const isReshape = kind === 'Reshape' && (before.output as tfl.SymbolicTensor).shape.length === 2
  if (kind === 'Flatten' || isReshape) return before
  return ELEMENTWISE.has(kind) ? findFlatten(before, callInputs) : undefined
}

/** Finds how the maps before a layer are laid out, by the nearest layer that decides it. */
function findDataFormat(
  layer: tfl.layers.Layer,
  callInputs: CallInputs,
): 'channelsFirst' | 'channelsLast' | 'sequence' | undefined {
  const before = getInput(layer, callInputs)
  if (!before) return undefined
  const kind = before.getClassName()
  if (SEQUENCES.has(kind)) return 'sequence'
  if (kind === 'Conv1D') return 'channelsLast' // its configuration leaves the format out
  const { dataFormat } = before.getConfig() as { readonly dataFormat?: 'channelsFirst' | 'channelsLast' }
  return dataFormat ?? findDataFormat(before, callInputs)
}

/** Gets the layer that computes the input of a layer, also beyond the borders of nested models. */
function getInput({ inboundNodes: [call] }: tfl.layers.Layer, callInputs: CallInputs): tfl.layers.Layer | undefined {
  let tensor = call?.inboundLayers.length ? call.inputTensors[0] : undefined
  while (tensor) {
    const { sourceLayer, tensorIndex }: tfl.SymbolicTensor = tensor
    tensor = sourceLayer instanceof tfl.LayersModel ? sourceLayer.outputs[tensorIndex] : callInputs.get(sourceLayer)
    if (!tensor) return sourceLayer
  }
  return undefined
}

/** Finds the tensors that the nested models of a model are called with. */
export function findCallInputs(
  model: tfl.LayersModel,
  callInputs: Map<tfl.layers.Layer, tfl.SymbolicTensor> = new Map(),
): CallInputs {
  for (const layer of model.layers) {
    if (!(layer instanceof tfl.LayersModel)) continue
    const call = layer.inboundNodes.find(({ inboundLayers }) => inboundLayers.length > 0)
    call?.inputTensors.forEach((tensor, i) => void callInputs.set(layer.inputLayers[i] as tfl.layers.Layer, tensor))
    findCallInputs(layer, callInputs)
  }
  return callInputs
}
