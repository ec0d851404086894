import type * as tfl from '@tensorflow/tfjs-layers'

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
 * @returns [..., channels] without the batch; undefined if there is no Flatten or the order is the same
 */
export function getFlattenedShape(layer: tfl.layers.Layer): number[] | undefined {
  const flatten = findFlatten(layer)
  if (!flatten) return undefined
  const shape = (flatten.input as tfl.SymbolicTensor).shape.slice(1) as number[]
  const format = findDataFormat(flatten) ?? (shape.length > 2 ? 'channelsLast' : 'sequence')
  if (shape.length < 2 || format === 'sequence') return undefined
  if (format === 'channelsLast') return shape
  // A Flatten of channels first keeps PyTorch's order, unless it puts the channels last itself.
  const [channels, ...spatial] = shape
  return flatten.getConfig()['dataFormat'] === 'channelsFirst' ? [...spatial, channels as number] : undefined
}

/** Finds the Flatten, or the Reshape to one axis, before a layer. */
function findFlatten(layer: tfl.layers.Layer): tfl.layers.Layer | undefined {
  const before = getInput(layer)
  if (!before) return undefined
  const kind = before.getClassName()
  const isReshape = kind === 'Reshape' && (before.output as tfl.SymbolicTensor).shape.length === 2
  if (kind === 'Flatten' || isReshape) return before
  return ELEMENTWISE.has(kind) ? findFlatten(before) : undefined
}

/** Finds how the maps before a layer are laid out, by the nearest layer that decides it. */
function findDataFormat(layer: tfl.layers.Layer): 'channelsFirst' | 'channelsLast' | 'sequence' | undefined {
  const before = getInput(layer)
  if (!before) return undefined
  const kind = before.getClassName()
  if (SEQUENCES.has(kind)) return 'sequence'
  if (kind === 'Conv1D') return 'channelsLast' // its configuration leaves the format out
  const { dataFormat } = before.getConfig() as { readonly dataFormat?: 'channelsFirst' | 'channelsLast' }
  return dataFormat ?? findDataFormat(before)
}

function getInput(layer: tfl.layers.Layer): tfl.layers.Layer | undefined {
  return layer.inboundNodes[0]?.inboundLayers[0]
}
