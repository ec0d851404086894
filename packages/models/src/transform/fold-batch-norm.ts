import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { disposeVariablesOnError } from '../layers/dispose-variables-on-error.ts'
import { copyMetadata } from '../preprocessing.ts'

type Layer = tfl.layers.Layer

/** Layers that a norm can be folded into: the shape that broadcasts a factor per output channel along their kernel. */
const FACTOR_SHAPES: Readonly<Record<string, (kernel: readonly number[]) => number[]>> = {
  Conv1D: () => [-1],
  Conv2D: () => [-1],
  SeparableConv2D: () => [-1], // of its two kernels, the 1x1
  Dense: () => [-1],
  Conv2DTranspose: () => [-1, 1],
  DepthwiseConv2D: (kernel) => kernel.slice(2),
}

/**
 * Folds each batch normalization into the convolution or dense layer before it, so that the model predicts the same in less time.
 *
 * Its running statistics are fixed, which makes it a factor and a summand for each channel:
 *
 *     kernel' = kernel * gamma / sqrt(variance + epsilon)
 *     bias' = (bias - mean) * gamma / sqrt(variance + epsilon) + beta
 *
 * A norm is folded if the layer before it has no activation, is called once, and has no other consumer; the layer gets a bias if it has
 * none. All other layers, custom ones too, keep their settings and names, and so do norms that cannot be folded. Nested models are
 * folded too. Metadata, such as the preprocessing, is kept.
 *
 * @returns a model for prediction, with its own weights; the source is unchanged, and each must be disposed
 * @throws FacekpError `MODEL_GRAPH` if the model is not a graph of layers, or a layer cannot be copied by `getConfig` and `fromConfig`
 * @example
 * ```ts
 * await saveModel(foldBatchNorm(model), 'to-ship')
 * ```
 *
 * Sources: Jacob et al. 2018, arXiv:1712.05877, section 3.2; PyTorch's `torch.nn.utils.fusion.fuse_conv_bn_eval`.
 */
export function foldBatchNorm(model: tfl.LayersModel): tfl.LayersModel {
  checkArgument(KINDS.model, model, 'model', 'foldBatchNorm')
  if (!isGraph(model)) throw graphError(model, 'a model with a `call` of its own, or without outputs')
  try {
    return disposeVariablesOnError(() => rebuildGraph(model, findFoldableNorms(model)))
  } catch (cause) {
    throw cause instanceof FacekpError ? cause : graphError(model, (cause as Error).message, cause)
  }
}

function isGraph({ call, outputs }: tfl.LayersModel): boolean {
  return [tfl.LayersModel.prototype.call, tfl.Sequential.prototype.call].includes(call) && outputs?.length > 0
}

/** Finds the norms to fold, each by the layer that it is folded into. */
function findFoldableNorms(model: tfl.LayersModel): Map<Layer, Layer> {
  const uses = new Map<tfl.SymbolicTensor, number>()
  const visit = (x: tfl.SymbolicTensor): void => {
    const before = uses.get(x) ?? 0
    uses.set(x, before + 1)
    if (before === 0) x.inputs.forEach(visit)
  }
  model.outputs.forEach(visit)
  const calls = (layer: Layer): number => [...uses.keys()].filter(({ sourceLayer }) => sourceLayer === layer).length

  const norms = new Map<Layer, Layer>()
  for (const { sourceLayer: norm, inputs } of uses.keys()) {
    const [x] = inputs
    if (x && isLastAxisNorm(norm, x) && canTakeNorm(x.sourceLayer) && uses.get(x) === 1 && calls(x.sourceLayer) === 1) {
      norms.set(x.sourceLayer, norm)
    }
  }
  return norms
}

function isLastAxisNorm(layer: Layer, x: tfl.SymbolicTensor): boolean {
  if (layer.getClassName() !== 'BatchNormalization') return false
  const axis = layer.getConfig()['axis'] as number
  return axis === -1 || axis === x.rank - 1
}

function canTakeNorm(layer: Layer): boolean {
  const { activation, dataFormat } = layer.getConfig()
  return layer.getClassName() in FACTOR_SHAPES && activation === 'linear' && dataFormat !== 'channelsFirst'
}

/** Rebuilds the graph from copies of its layers, without the folded norms. */
function rebuildGraph(model: tfl.LayersModel, norms: ReadonlyMap<Layer, Layer>): tfl.LayersModel {
  const copies = new Map<Layer, Layer>()
  const getCopy = (layer: Layer): Layer => {
    const copy = copies.get(layer) ?? copyLayer(layer, norms.has(layer))
    copies.set(layer, copy)
    return copy
  }
  const calls = new Map<Layer['inboundNodes'][number], tfl.SymbolicTensor[]>()
  const rebuildTensor = (x: tfl.SymbolicTensor): tfl.SymbolicTensor => {
    const { sourceLayer, inputs } = x
    const [before] = inputs
    if (before && norms.has(before.sourceLayer)) return rebuildTensor(before)
    const call = sourceLayer.inboundNodes[x.nodeIndex] as Layer['inboundNodes'][number]
    const outputs = calls.get(call) ?? applyLayer(getCopy(sourceLayer), inputs.map(rebuildTensor))
    calls.set(call, outputs)
    return outputs[x.tensorIndex] as tfl.SymbolicTensor
  }
  const inputs = model.inputs.map(rebuildTensor)
  const outputs = model.outputs.map(rebuildTensor)
  for (const [layer, copy] of copies) {
    const norm = norms.get(layer)
    if (norm) tf.tidy(() => copy.setWeights(foldWeights(layer, norm)))
    else if (!(layer instanceof tfl.LayersModel)) copy.setWeights(layer.getWeights())
  }
  return copyMetadata(model, tfl.model({ name: model.name, inputs, outputs }))
}

/** Copies a layer without its weights, or folds a nested model with its weights. */
function copyLayer(layer: Layer, hasBias: boolean): Layer {
  if (layer instanceof tfl.LayersModel) return foldBatchNorm(layer)
  const kind = layer.constructor as tf.serialization.SerializableConstructor<Layer>
  const copy = kind.fromConfig(kind, { ...layer.getConfig(), ...(hasBias ? { useBias: true } : {}) })
  copy.setFastWeightInitDuringBuild(true)
  return copy
}

function applyLayer(layer: Layer, inputs: tfl.SymbolicTensor[]): tfl.SymbolicTensor[] {
  if (inputs.length === 0) return [layer.output].flat()
  const [first] = inputs as [tfl.SymbolicTensor]
  return [layer.apply(inputs.length === 1 ? first : inputs) as tfl.SymbolicTensor | tfl.SymbolicTensor[]].flat()
}

/** Computes the layer's weights with the norm folded in, the last one a bias [channels]. */
function foldWeights(layer: Layer, norm: Layer): tf.Tensor[] {
  const weights = layer.getWeights()
  const bias = layer.getConfig()['useBias'] ? (weights.pop() as tf.Tensor) : tf.scalar(0)
  const kernel = weights.pop() as tf.Tensor

  const { scale, center, epsilon } = norm.getConfig()
  const statistics = norm.getWeights()
  const gamma = scale ? (statistics.shift() as tf.Tensor) : tf.scalar(1)
  const beta = center ? (statistics.shift() as tf.Tensor) : tf.scalar(0)
  const [mean, variance] = statistics as [tf.Tensor, tf.Tensor]

  const factor = tf.div(gamma, tf.sqrt(tf.add(variance, epsilon as number)))
  const getFactorShape = FACTOR_SHAPES[layer.getClassName()] as (kernel: readonly number[]) => number[]
  return [
    ...weights,
    tf.mul(kernel, tf.reshape(factor, getFactorShape(kernel.shape))),
    tf.add(tf.mul(tf.sub(bias, mean), factor), beta),
  ]
}

function graphError(model: tfl.LayersModel, received: string, cause?: unknown): FacekpError {
  return new FacekpError({
    code: 'MODEL_GRAPH',
    problem: `the model ${model.name} cannot be folded: its graph cannot be rebuilt`,
    received,
    expected:
      'a model of tf.model or tf.sequential whose layers getConfig and fromConfig can copy, as saving and loading do',
    cause,
  })
}
