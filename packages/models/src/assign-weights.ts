import { FacekpError } from '@facekp/core'
import { getLayers } from '@facekp/tfjs-utils'
import type { NamedTensor } from '@facekp/weights'
import * as tf from '@tensorflow/tfjs'
import { holdsCenters } from './heads/centers.ts'
import { torchParameter } from './torch-layout.ts'
import { isBatchCount, isBlurFilter, moduleOf, parameterOf, withoutBlurs } from './torch-names.ts'

/** What became of every weight. A model's weights are called `layer/kernel`; those of a source as the source has it. */
export interface AssignedWeights {
  /** The model's weights that were set. */
  readonly loaded: readonly string[]
  /** Those among them whose number of channels was another: the first layer's. */
  readonly adapted: readonly { readonly weight: string; readonly from: number; readonly to: number }[]
  /** The last layer's weights, kept as they were, since the source's give another number of outputs. */
  readonly replaced: readonly string[]
  /** The model's weights that the source does not have, kept as they were. */
  readonly missingKeys: readonly string[]
  /** What the source has and the model has no place for. */
  readonly unexpectedKeys: readonly string[]
  /**
   * What needs no place: counts of batches, the fixed filters of blurs that the model has of the same size, the centers of a head's cells.
   */
  readonly ignored: readonly string[]
}

type LayerVariable = tf.layers.Layer['weights'][number]

/** A weight of the model, and what shall go there. */
interface Place {
  readonly layer: tf.layers.Layer
  readonly variable: LayerVariable
  readonly tensor: NamedTensor
  /** In the layout of the layer. */
  readonly values: tf.Tensor
}

/**
 * Gives a model the weights of the same names. All of them are looked at before one is set.
 *
 * A name of PyTorch is the path of a module and a parameter, `layer1.0.conv1.weight`; it goes to the layer of the module's name,
 * its axes turned: (out, in, height, width) to (height, width, in, out), depthwise filters, dense layers (also behind a Flatten), batch
 * norms with their running statistics. Anti-aliased networks may put a blur before a convolution, so that it is `conv2.1` in place of
 * `conv2`. A name with a slash, `layer1.0.conv1/kernel`, is TensorFlow.js' own, and its values are taken as they are.
 *
 * The first layer's kernel may see another number of channels: three are summed to one, which is for a gray picture what they were
 * for that picture in three equal channels; else they are repeated, and scaled so that the sum stays the same. The last layer is left
 * as it was where the number of outputs is another. Any other shape that does not fit is an error.
 *
 * Blurs have no weights here. The filters that an anti-aliased network of PyTorch keeps must be of the size that the model's blurs
 * have; a model without blurs has no place for them.
 *
 * @throws FacekpError `MODEL_WEIGHTS_SHAPE`, `MODEL_WEIGHTS_FILTER` (blurs of another filter size), `MODEL_WEIGHTS_DTYPE` (numbers that are no fractions), `MODEL_WEIGHTS_NOT_FINITE`,
 *   `MODEL_WEIGHTS_TWICE` (two tensors for one weight), `MODEL_WEIGHTS_NONE` (no name fits); the model is then as it was
 * @example
 * ```ts
 * const bytes = new Uint8Array(await (await fetch('/resnet18.safetensors')).arrayBuffer())
 * const { missingKeys, unexpectedKeys } = assignWeights(model, readTensors(bytes))
 * ```
 */
export function assignWeights(
  model: tf.LayersModel,
  tensors: readonly NamedTensor[],
  file = 'weights',
): AssignedWeights {
  return tf.tidy(() => {
    const all = getLayers(model)
    const layers = all.filter(({ name, weights }) => weights.length > 0 && !holdsCenters(name))
    const { places, unexpectedKeys, ignored } = match(layers, tensors, blurSizes(all), file)
    const adapted = places.filter((place) => place.layer === layers[0] && seesOtherChannels(place))
    const fitted = places.map((place) => (adapted.includes(place) ? withChannels(place) : place))
    const last = fitted.filter(({ layer }) => layer === layers.at(-1))
    const replacesLast = last.some((place) => place.values.rank > 1 && givesOtherOutputs(place))
    const set = fitted.filter((place) => {
      const fits = sameShape(place.values.shape, place.variable.shape)
      const isReplaced = replacesLast && last.includes(place)
      if (!fits && !(isReplaced && givesOtherOutputs(place))) throw unfit(place, file)
      return !isReplaced
    })
    if (set.length === 0) throw nothingFits(layers, tensors, file)
    for (const { variable, values } of set) variable.write(values)

    const loaded = set.map(({ variable }) => variable)
    const replaced = replacesLast ? (layers.at(-1)?.weights ?? []) : []
    const missingKeys = layers
      .flatMap(({ weights }) => weights)
      .filter((one) => ![...loaded, ...replaced].includes(one))
    return {
      loaded: namesOf(loaded),
      adapted: adapted.map(({ variable, values }) => ({
        weight: variable.originalName,
        from: channelsOf(values.shape),
        to: channelsOf(variable.shape),
      })),
      replaced: namesOf(replaced),
      missingKeys: namesOf(missingKeys),
      unexpectedKeys,
      ignored,
    }
  })
}

const namesOf = (variables: readonly LayerVariable[]): string[] => variables.map(({ originalName }) => originalName)

/** The filter sizes of the layers of `@facekp/blurpool` among them. */
function blurSizes(layers: readonly tf.layers.Layer[]): number[] {
  const sizes = layers
    .filter((layer) => /^(Max)?BlurPool[12]D$/.test(layer.getClassName()))
    .map((layer) => layer.getConfig()['filterSize'] as number)
  return [...new Set(sizes)]
}

/** Finds the place of each tensor. */
function match(
  layers: readonly tf.layers.Layer[],
  tensors: readonly NamedTensor[],
  blurs: readonly number[],
  file: string,
): { readonly places: Place[]; readonly unexpectedKeys: string[]; readonly ignored: string[] } {
  const byName = new Map(layers.map((layer) => [layer.name, layer]))
  const names = withoutBlurs(
    tensors.map(({ name }) => name),
    new Set(byName.keys()),
  )
  const places = new Map<LayerVariable, Place>()
  const unexpectedKeys: string[] = []
  const ignored: string[] = []
  for (const tensor of tensors) {
    if (isBatchCount(tensor.name) || holdsCenters(tensor.name)) ignored.push(tensor.name)
    else if (isBlurFilter(tensor.name)) {
      if (blurs.length > 0 && !blurs.includes(tensor.shape.at(-1) as number)) throw otherFilter(tensor, blurs, file)
      ;(blurs.length > 0 ? ignored : unexpectedKeys).push(tensor.name)
    } else {
      const place = placeOf(tensor, names.get(tensor.name) as string, byName, file)
      const other = place && places.get(place.variable)
      if (other) throw twice(other.tensor, tensor, other.variable, file)
      if (place) places.set(place.variable, place)
      else unexpectedKeys.push(tensor.name)
    }
  }
  return { places: [...places.values()], unexpectedKeys, ignored }
}

/** `name` is `layer/weight` or, of PyTorch, `module.parameter`. */
function placeOf(
  tensor: NamedTensor,
  name: string,
  layers: ReadonlyMap<string, tf.layers.Layer>,
  file: string,
): Place | undefined {
  const own = name.includes('/')
  const layer = layers.get(own ? name.slice(0, name.lastIndexOf('/')) : moduleOf(name))
  if (!layer) return undefined
  const parameter = own ? undefined : torchParameter(layer, parameterOf(name))
  const wanted = own ? name : `${layer.name}/${parameter?.weight}`
  const variable = layer.weights.find(({ originalName }) => originalName === wanted)
  if (!variable) return undefined
  const values = tf.tensor(fractions(tensor, file), [...tensor.shape], 'float32')
  return { layer, variable, tensor, values: parameter ? parameter.convert(values, layer) : values }
}

function fractions({ name, dtype, data }: NamedTensor, file: string): Float32Array {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new FacekpError({
      code: 'MODEL_WEIGHTS_DTYPE',
      problem: `tensor ${name} holds numbers that are no weights`,
      file,
      received: dtype,
      expected: 'float32, float64, float16 or bfloat16',
    })
  }
  const floats = data instanceof Float32Array ? data : Float32Array.from(data)
  const strange = floats.find((value) => !Number.isFinite(value))
  if (strange === undefined) return floats
  throw new FacekpError({
    code: 'MODEL_WEIGHTS_NOT_FINITE',
    problem: `tensor ${name} holds what is no finite number`,
    file,
    received: `${strange}`,
  })
}

/** Of a kernel (..., channels, out). */
function channelsOf(shape: readonly (number | null)[]): number {
  return shape.at(-2) as number
}

function seesOtherChannels({ layer, values, variable }: Place): boolean {
  if (!['Conv1D', 'Conv2D'].includes(layer.getClassName()) || values.rank !== variable.shape.length) return false
  return values.rank > 2 && channelsOf(values.shape) !== channelsOf(variable.shape)
}

function withChannels(place: Place): Place {
  const { variable, values } = place
  const axis = values.rank - 2
  const [given, wanted] = [channelsOf(values.shape), channelsOf(variable.shape)]
  if (wanted === 1) return { ...place, values: values.sum(axis, true) }
  const channels = Array.from({ length: wanted }, (_, channel) => channel % given)
  return { ...place, values: values.gather(tf.tensor1d(channels, 'int32'), axis).mul(given / wanted) }
}

function sameShape(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((side, axis) => side === b[axis])
}

function givesOtherOutputs({ values: { shape }, variable }: Place): boolean {
  return sameShape(shape.slice(0, -1), variable.shape.slice(0, -1)) && !sameShape(shape, variable.shape)
}

function unfit({ tensor, values, variable }: Place, file: string): FacekpError {
  return new FacekpError({
    code: 'MODEL_WEIGHTS_SHAPE',
    problem: `tensor ${tensor.name} does not fit ${variable.originalName}`,
    file,
    received: `shape [${tensor.shape}]${sameShape(tensor.shape, values.shape) ? '' : `, in this layout [${values.shape}]`}`,
    expected: `[${variable.shape}]`,
  })
}

function otherFilter({ name, shape }: NamedTensor, blurs: readonly number[], file: string): FacekpError {
  return new FacekpError({
    code: 'MODEL_WEIGHTS_FILTER',
    problem: `the blurs of the model have another filter size than ${name}`,
    file,
    received: `a filter of size ${shape.at(-1)}`,
    expected: `size ${blurs.join(' or ')}: make the model with the filter size of its weights`,
  })
}

function twice(one: NamedTensor, other: NamedTensor, variable: LayerVariable, file: string): FacekpError {
  return new FacekpError({
    code: 'MODEL_WEIGHTS_TWICE',
    problem: `two tensors are for ${variable.originalName}`,
    file,
    received: `${one.name}, ${other.name}`,
  })
}

function nothingFits(layers: readonly tf.layers.Layer[], tensors: readonly NamedTensor[], file: string): FacekpError {
  const some = (names: readonly string[]): string =>
    [...names.slice(0, 4), ...(names.length > 4 ? ['…'] : [])].join(', ')
  return new FacekpError({
    code: 'MODEL_WEIGHTS_NONE',
    problem: 'no weight of the model is in the file',
    file,
    received: some(tensors.map(({ name }) => name)) || 'no tensors',
    expected: `tensors of the layers ${some(layers.map(({ name }) => name))}`,
  })
}
