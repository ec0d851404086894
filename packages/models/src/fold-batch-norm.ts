import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'

type Layer = tf.layers.Layer

/** The layers that can take a norm in: how a factor for each of their output's channels lies along their kernel [...]. */
const FACTOR_SHAPES: Readonly<Record<string, (kernel: readonly number[]) => number[]>> = {
  Conv1D: () => [-1],
  Conv2D: () => [-1],
  SeparableConv2D: () => [-1], // of its two kernels, the 1x1
  Dense: () => [-1],
  Conv2DTranspose: () => [-1, 1],
  DepthwiseConv2D: (kernel) => kernel.slice(2),
}

/**
 * A model that predicts the same with fewer layers: a batch normalization that follows a convolution or a dense layer is folded into its
 * kernel and bias, as fixed running statistics make it a factor and a summand for each channel:
 *
 *     kernel' = kernel * gamma / sqrt(variance + epsilon)
 *     bias' = (bias - mean) * gamma / sqrt(variance + epsilon) + beta
 *
 * It is folded where the layer has no activation, is called once, and nothing else takes what it gives; the bias is made where there was
 * none. All other layers, custom ones too, and norms that cannot be folded are as they were; so are names, the folded norms' apart.
 * Models within the model are folded likewise.
 *
 * It is for predicting: trained on, it learns otherwise than the model it was made of. It has its own weights; the source is left as it
 * is, and each is disposed of by itself. It is saved and loaded as any other.
 *
 * Throws `MODEL_GRAPH` for a model that is no graph of layers, or one whose layers cannot be made again by what they tell of themselves.
 *
 * @example
 * ```ts
 * await saveModel(foldBatchNorm(model), 'to-ship')
 * ```
 *
 * Sources: Jacob et al. 2018, arXiv:1712.05877, section 3.2; PyTorch's `torch.nn.utils.fusion.fuse_conv_bn_eval`.
 */
export function foldBatchNorm(model: tf.LayersModel): tf.LayersModel {
  if (!isGraph(model)) throw notRebuilt(model, 'one that computes otherwise, or has no outputs yet')
  try {
    return rebuilt(model, foldedNorms(model))
  } catch (cause) {
    throw cause instanceof FacekpError ? cause : notRebuilt(model, (cause as Error).message, cause)
  }
}

function isGraph({ call, outputs }: tf.LayersModel): boolean {
  return [tf.LayersModel.prototype.call, tf.Sequential.prototype.call].includes(call) && outputs?.length > 0
}

/** The norms to fold, each by the layer that takes it in. */
function foldedNorms(model: tf.LayersModel): Map<Layer, Layer> {
  const uses = new Map<tf.SymbolicTensor, number>()
  const visit = (x: tf.SymbolicTensor): void => {
    const before = uses.get(x) ?? 0
    uses.set(x, before + 1)
    if (before === 0) x.inputs.forEach(visit)
  }
  model.outputs.forEach(visit)
  const calls = (layer: Layer): number => [...uses.keys()].filter(({ sourceLayer }) => sourceLayer === layer).length

  const norms = new Map<Layer, Layer>()
  for (const { sourceLayer: norm, inputs } of uses.keys()) {
    const [x] = inputs
    if (x && isLastAxisNorm(norm, x) && takesNorm(x.sourceLayer) && uses.get(x) === 1 && calls(x.sourceLayer) === 1) {
      norms.set(x.sourceLayer, norm)
    }
  }
  return norms
}

function isLastAxisNorm(layer: Layer, x: tf.SymbolicTensor): boolean {
  if (layer.getClassName() !== 'BatchNormalization') return false
  const axis = layer.getConfig()['axis'] as number
  return axis === -1 || axis === x.rank - 1
}

function takesNorm(layer: Layer): boolean {
  const { activation, dataFormat } = layer.getConfig()
  return layer.getClassName() in FACTOR_SHAPES && activation === 'linear' && dataFormat !== 'channelsFirst'
}

/** The same graph of copies of the layers, without the norms. */
function rebuilt(model: tf.LayersModel, norms: ReadonlyMap<Layer, Layer>): tf.LayersModel {
  const copies = new Map<Layer, Layer>()
  const copyOf = (layer: Layer): Layer => {
    const copy = copies.get(layer) ?? copied(layer, norms.has(layer))
    copies.set(layer, copy)
    return copy
  }
  const calls = new Map<Layer['inboundNodes'][number], tf.SymbolicTensor[]>()
  const again = (x: tf.SymbolicTensor): tf.SymbolicTensor => {
    const { sourceLayer, inputs } = x
    const [before] = inputs
    if (before && norms.has(before.sourceLayer)) return again(before)
    const call = sourceLayer.inboundNodes[x.nodeIndex] as Layer['inboundNodes'][number]
    const outputs = calls.get(call) ?? applied(copyOf(sourceLayer), inputs.map(again))
    calls.set(call, outputs)
    return outputs[x.tensorIndex] as tf.SymbolicTensor
  }
  const [inputs, outputs] = [model.inputs.map(again), model.outputs.map(again)]
  for (const [layer, copy] of copies) {
    const norm = norms.get(layer)
    if (norm) tf.tidy(() => copy.setWeights(foldedWeights(layer, norm)))
    else if (!(layer instanceof tf.LayersModel)) copy.setWeights(layer.getWeights())
  }
  return tf.model({ name: model.name, inputs, outputs })
}

/** A layer with the same settings; its weights are to be set, those of a model are. */
function copied(layer: Layer, biased: boolean): Layer {
  if (layer instanceof tf.LayersModel) return foldBatchNorm(layer)
  const kind = layer.constructor as tf.serialization.SerializableConstructor<Layer>
  const copy = kind.fromConfig(kind, { ...layer.getConfig(), ...(biased ? { useBias: true } : {}) })
  copy.setFastWeightInitDuringBuild(true)
  return copy
}

function applied(layer: Layer, inputs: tf.SymbolicTensor[]): tf.SymbolicTensor[] {
  if (inputs.length === 0) return [layer.output].flat()
  const [first] = inputs as [tf.SymbolicTensor]
  return [layer.apply(inputs.length === 1 ? first : inputs) as tf.SymbolicTensor | tf.SymbolicTensor[]].flat()
}

/** The layer's weights with the norm in them, the last one a bias [channels]. */
function foldedWeights(layer: Layer, norm: Layer): tf.Tensor[] {
  const weights = layer.getWeights()
  const bias = layer.getConfig()['useBias'] ? (weights.pop() as tf.Tensor) : tf.scalar(0)
  const kernel = weights.pop() as tf.Tensor

  const { scale, center, epsilon } = norm.getConfig()
  const statistics = norm.getWeights()
  const gamma = scale ? (statistics.shift() as tf.Tensor) : tf.scalar(1)
  const beta = center ? (statistics.shift() as tf.Tensor) : tf.scalar(0)
  const [mean, variance] = statistics as [tf.Tensor, tf.Tensor]

  const factor = gamma.div(variance.add(epsilon as number).sqrt())
  const along = FACTOR_SHAPES[layer.getClassName()] as (kernel: readonly number[]) => number[]
  return [...weights, kernel.mul(factor.reshape(along(kernel.shape))), bias.sub(mean).mul(factor).add(beta)]
}

function notRebuilt(model: tf.LayersModel, received: string, cause?: unknown): FacekpError {
  return new FacekpError({
    code: 'MODEL_GRAPH',
    problem: `the model ${model.name} cannot be rebuilt from its layers`,
    received,
    expected:
      'a model of tf.model or tf.sequential whose layers getConfig and fromConfig can copy, as saving and loading do',
    cause,
  })
}
