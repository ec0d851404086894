import { checkArgument, FacekpError, listKind, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { getLayers } from '@facekp/tfjs-utils'
import type { NamedTensor } from '@facekp/weights'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { isDecoderConstant } from '../heads/decoder-constants.ts'
import { type CallInputs, findCallInputs } from './flattened-shape.ts'
import { choosePrefix, findWeight, type LayerVariable, type MatchedWeight } from './match-names.ts'
import { isBatchCount, isBlurFilter, removeBlurNumbers } from './torch-names.ts'

const ASSIGN_WEIGHTS_TENSORS = listKind(objectKind({ name: KINDS.string, shape: KINDS.numbers }))

/** What happened to each weight. The model's weights are named `layer/kernel`, those of the source as in the source. */
export interface AssignedWeights {
  /** Weights of the model that were set. */
  readonly loaded: readonly string[]
  /** Loaded weights of the first layer whose number of input channels was adapted. */
  readonly adapted: readonly { readonly weight: string; readonly from: number; readonly to: number }[]
  /** Weights of the last layer that were not loaded, because the source has another number of outputs. */
  readonly replaced: readonly string[]
  /** Weights of the model that the source does not have; they are unchanged. */
  readonly missingKeys: readonly string[]
  /** Names of the source that match no weight of the model. */
  readonly unexpectedKeys: readonly string[]
  /** Names that are not needed: counts of batches, fixed filters of blurs of the model's size, cell centers of a decoder. */
  readonly ignored: readonly string[]
  /** Beginning of the source's names that was removed to match those of the model, such as `backbone.`; empty if none was. */
  readonly prefix: string
}

/** A weight of the model, and the tensor to assign to it. */
interface Assignment {
  readonly layer: tfl.layers.Layer
  readonly variable: LayerVariable
  readonly tensor: NamedTensor
  /** In the layer's layout. */
  readonly values: tf.Tensor
  /** Whether another tensor may be added. */
  readonly isSummand: boolean
}

/**
 * Assigns weights to a model by their names. All are checked before the first is set.
 *
 * A PyTorch name is the path of a module and a parameter, `layer1.0.conv1.weight`. It belongs to the layer with the module's name, and
 * its axes are permuted: (out, in, height, width) to (height, width, in, out). Convolutions (also depthwise, transposed and separable
 * ones), dense layers (also after a Flatten), batch norms with their running statistics, layer norms, PReLU, Embedding and LSTM are
 * supported. Anti-aliased networks may put a blur before a convolution, which is then `conv2.1` in place of `conv2`. A name with a
 * slash, `layer1.0.conv1/kernel`, is TensorFlow.js' own; its values need no permutation.
 *
 * If the names have a common beginning that the model's layers lack, such as `model.` or `backbone.`, it is removed. Of several, the one
 * with the most matches is chosen if it has more than twice as many as the next one.
 *
 * If the first layer has another number of input channels, three are summed to one (for a gray image that is the same as three equal
 * channels); else they are repeated in turn, and scaled by the ratio of the numbers of channels, as in timm. If the number of outputs differs, the last layer is
 * not loaded. Any other mismatch of shapes is an error.
 *
 * Blurs have no weights. The filters that an anti-aliased network of PyTorch stores must have the size of the model's blurs; for a model
 * without blurs they are unexpected keys. The model's preprocessing is not changed: see `setPreprocessing`.
 *
 * @param file name of the source in errors (default `weights`)
 * @throws FacekpError, with the model unchanged: `MODEL_WEIGHTS_SHAPE`, `MODEL_WEIGHTS_FILTER` (blurs of another filter size),
 *   `MODEL_WEIGHTS_DTYPE` (not floating-point), `MODEL_WEIGHTS_NOT_FINITE`, `MODEL_WEIGHTS_TWICE` (two tensors for one weight),
 *   `MODEL_WEIGHTS_NONE` (no name matches), `MODEL_WEIGHTS_PREFIX` (names match with several prefixes)
 * @example
 * ```ts
 * const bytes = new Uint8Array(await (await fetch('/resnet18.safetensors')).arrayBuffer())
 * const { missingKeys, unexpectedKeys } = assignWeights(model, readTensors(bytes))
 * ```
 */
export function assignWeights(
  model: tfl.LayersModel,
  tensors: readonly NamedTensor[],
  file = 'weights',
): AssignedWeights {
  checkArgument(KINDS.model, model, 'model', 'assignWeights')
  checkArgument(ASSIGN_WEIGHTS_TENSORS, tensors, 'tensors', 'assignWeights')
  checkArgument(KINDS.string, file, 'file', 'assignWeights')
  return tf.tidy(() => {
    const modelLayers = getLayers(model)
    const layers = modelLayers.filter(({ name, weights }) => weights.length > 0 && !isDecoderConstant(name))
    const prefix = choosePrefix(layers, tensors, file)
    const callInputs = findCallInputs(model)
    const matches = matchTensors({ layers, tensors, prefix, blurs: getBlurSizes(modelLayers), callInputs, file })
    const { assignments, unexpectedKeys, ignored } = matches
    const adapted = assignments.filter((assignment) => assignment.layer === layers[0] && hasChannelMismatch(assignment))
    const fitted = assignments.map((assignment) =>
      adapted.includes(assignment) ? adaptInputChannels(assignment) : assignment,
    )
    const last = fitted.filter(({ layer }) => layer === layers.at(-1))
    const replacesLast = last.some((assignment) => assignment.values.rank > 1 && hasOutputMismatch(assignment))
    const assigned = fitted.filter((assignment) => {
      const fits = isSameShape(assignment.values.shape, assignment.variable.shape)
      const isReplaced = replacesLast && last.includes(assignment)
      if (!fits && !(isReplaced && hasOutputMismatch(assignment))) throw shapeError(assignment, file)
      return !isReplaced
    })
    if (assigned.length === 0) throw noMatchError(layers, tensors, file)
    for (const { variable, values } of assigned) variable.write(values)

    const loaded = assigned.map(({ variable }) => variable)
    const replaced = replacesLast ? (layers.at(-1)?.weights ?? []) : []
    const missingKeys = layers
      .flatMap(({ weights }) => weights)
      .filter((variable) => ![...loaded, ...replaced].includes(variable))
    return {
      loaded: getNames(loaded),
      adapted: adapted.map(({ variable, values }) => ({
        weight: variable.originalName,
        from: getInputChannels(values.shape),
        to: getInputChannels(variable.shape),
      })),
      replaced: getNames(replaced),
      missingKeys: getNames(missingKeys),
      unexpectedKeys,
      ignored,
      prefix,
    }
  })
}

const getNames = (variables: readonly LayerVariable[]): string[] => variables.map(({ originalName }) => originalName)

/** Gets the filter sizes of the layers of `@facekp/blurpool`. */
function getBlurSizes(layers: readonly tfl.layers.Layer[]): number[] {
  const sizes = layers
    .filter((layer) => /^(Max)?BlurPool[12]D$/.test(layer.getClassName()))
    .map((layer) => layer.getConfig()['filterSize'] as number)
  return [...new Set(sizes)]
}

interface MatchSettings {
  readonly layers: readonly tfl.layers.Layer[]
  readonly tensors: readonly NamedTensor[]
  readonly prefix: string
  /** Filter sizes of the model's blurs. */
  readonly blurs: readonly number[]
  readonly callInputs: CallInputs
  readonly file: string
}

interface Matches {
  readonly assignments: Assignment[]
  readonly unexpectedKeys: string[]
  readonly ignored: string[]
}

/** Matches each tensor to a weight. */
function matchTensors({ layers, tensors, prefix, blurs, callInputs, file }: MatchSettings): Matches {
  const byName = new Map(layers.map((layer) => [layer.name, layer]))
  const stems = tensors.filter(({ name }) => name.startsWith(prefix)).map(({ name }) => name.slice(prefix.length))
  const names = removeBlurNumbers(stems, new Set(byName.keys()))
  const assignments = new Map<LayerVariable, Assignment>()
  const unexpectedKeys: string[] = []
  const ignored: string[] = []
  for (const tensor of tensors) {
    const stem = tensor.name.startsWith(prefix) ? tensor.name.slice(prefix.length) : undefined
    if (isBatchCount(tensor.name) || isDecoderConstant(stem ?? tensor.name)) ignored.push(tensor.name)
    else if (isBlurFilter(tensor.name)) {
      if (blurs.length > 0 && !blurs.includes(tensor.shape.at(-1) as number)) throw filterSizeError(tensor, blurs, file)
      ;(blurs.length > 0 ? ignored : unexpectedKeys).push(tensor.name)
    } else {
      const match = stem === undefined ? undefined : findWeight(names.get(stem) as string, byName)
      const assignment = match && createAssignment(tensor, match, callInputs, file)
      if (assignment) assignments.set(assignment.variable, addAssignment(assignment, assignments, file))
      else unexpectedKeys.push(tensor.name)
    }
  }
  return { assignments: [...assignments.values()], unexpectedKeys, ignored }
}

/** Converts the values of a tensor to the layout of its weight. */
function createAssignment(
  tensor: NamedTensor,
  { layer, variable, parameter }: MatchedWeight,
  callInputs: CallInputs,
  file: string,
): Assignment {
  const values = tf.tensor(toFloat32(tensor, file), [...tensor.shape], 'float32')
  const isSummand = parameter?.isSummand ?? false
  const converted = parameter ? parameter.convert(values, layer, callInputs) : values
  return { layer, variable, tensor, isSummand, values: converted }
}

/** Adds a summand to the one before it; throws if two tensors match a weight otherwise. */
function addAssignment(
  assignment: Assignment,
  assignments: ReadonlyMap<LayerVariable, Assignment>,
  file: string,
): Assignment {
  const other = assignments.get(assignment.variable)
  if (!other) return assignment
  const isSum = other.isSummand && assignment.isSummand && isSameShape(other.values.shape, assignment.values.shape)
  if (!isSum) throw duplicateError(other.tensor, assignment.tensor, other.variable, file)
  return { ...assignment, isSummand: false, values: tf.add(other.values, assignment.values) }
}

/** Converts a tensor's values; throws if they are not finite floating-point numbers. */
function toFloat32({ name, dtype, data }: NamedTensor, file: string): Float32Array {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new FacekpError({
      code: 'MODEL_WEIGHTS_DTYPE',
      problem: `tensor ${name} is not floating-point`,
      file,
      expected: 'float32, float64, float16 or bfloat16',
      received: dtype,
    })
  }
  const floats = data instanceof Float32Array ? data : Float32Array.from(data)
  const invalid = floats.find((value) => !Number.isFinite(value))
  if (invalid === undefined) return floats
  throw new FacekpError({
    code: 'MODEL_WEIGHTS_NOT_FINITE',
    problem: `tensor ${name} has a value that is not finite`,
    file,
    expected: 'finite numbers',
    received: `${invalid}`,
  })
}

/** Gets the input channels of a kernel (..., channels, out). */
function getInputChannels(shape: readonly (number | null)[]): number {
  return shape.at(-2) as number
}

function hasChannelMismatch({ layer, values, variable }: Assignment): boolean {
  if (!['Conv1D', 'Conv2D'].includes(layer.getClassName()) || values.rank !== variable.shape.length) return false
  return values.rank > 2 && getInputChannels(values.shape) !== getInputChannels(variable.shape)
}

/** Sums the kernel over its channels if the model has one channel; otherwise repeats and scales it, as timm's `adapt_input_conv`. */
function adaptInputChannels(assignment: Assignment): Assignment {
  const { variable, values } = assignment
  const axis = values.rank - 2
  const from = getInputChannels(values.shape)
  const to = getInputChannels(variable.shape)
  if (to === 1) return { ...assignment, values: tf.sum(values, axis, true) }
  const channels = Array.from({ length: to }, (_, channel) => channel % from)
  return { ...assignment, values: tf.mul(tf.gather(values, tf.tensor1d(channels, 'int32'), axis), from / to) }
}

function isSameShape(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((side, axis) => side === b[axis])
}

function hasOutputMismatch({ values: { shape }, variable }: Assignment): boolean {
  return isSameShape(shape.slice(0, -1), variable.shape.slice(0, -1)) && !isSameShape(shape, variable.shape)
}

function shapeError({ tensor, values, variable }: Assignment, file: string): FacekpError {
  return new FacekpError({
    code: 'MODEL_WEIGHTS_SHAPE',
    problem: `tensor ${tensor.name} has the wrong shape for ${variable.originalName}`,
    file,
    received: `shape [${tensor.shape}]${isSameShape(tensor.shape, values.shape) ? '' : `, in the layer's layout [${values.shape}]`}`,
    expected: `[${variable.shape}]`,
  })
}

function filterSizeError({ name, shape }: NamedTensor, blurs: readonly number[], file: string): FacekpError {
  return new FacekpError({
    code: 'MODEL_WEIGHTS_FILTER',
    problem: `filter ${name} does not have the size of the model's blurs`,
    file,
    received: `size ${shape.at(-1)}`,
    expected: `size ${blurs.join(' or ')}; create the model with antialias: { filterSize: ${shape.at(-1)} }`,
  })
}

function duplicateError(first: NamedTensor, second: NamedTensor, variable: LayerVariable, file: string): FacekpError {
  return new FacekpError({
    code: 'MODEL_WEIGHTS_TWICE',
    problem: `two tensors match ${variable.originalName}`,
    file,
    expected: 'one tensor per weight',
    received: `${first.name}, ${second.name}`,
  })
}

function noMatchError(layers: readonly tfl.layers.Layer[], tensors: readonly NamedTensor[], file: string): FacekpError {
  const listSome = (names: readonly string[]): string =>
    [...names.slice(0, 4), ...(names.length > 4 ? ['…'] : [])].join(', ')
  return new FacekpError({
    code: 'MODEL_WEIGHTS_NONE',
    problem: 'no tensor matches a weight of the model',
    file,
    received: listSome(tensors.map(({ name }) => name)) || 'no tensors',
    expected: `tensors of the layers ${listSome(layers.map(({ name }) => name))}`,
  })
}
