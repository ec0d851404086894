import { FacekpError } from '@facekp/core'
import type { NamedTensor } from '@facekp/weights'
import type * as tfl from '@tensorflow/tfjs-layers'
import { getTorchParameter, type TorchParameter } from './torch-layout.ts'
import { getModuleName, getParameterName } from './torch-names.ts'

export type LayerVariable = tfl.layers.Layer['weights'][number]

/** A weight of the model that a name belongs to. */
export interface MatchedWeight {
  readonly layer: tfl.layers.Layer
  readonly variable: LayerVariable
  /** Undefined for a name of TensorFlow.js, whose values need no conversion. */
  readonly parameter: TorchParameter | undefined
}

/** Finds the weight for a name: `layer/weight`, or from PyTorch `module.parameter`. */
export function findWeight(name: string, layers: ReadonlyMap<string, tfl.layers.Layer>): MatchedWeight | undefined {
  if (name.includes('/')) return findVariable(layers.get(name.slice(0, name.lastIndexOf('/'))), name, undefined)
  const module = getModuleName(name)
  const parameter = getParameterName(name)
  return (
    findParameter(layers.get(module), parameter) ??
    // A module that has others for its parts, such as a separable convolution.
    findParameter(layers.get(getModuleName(module)), `${getParameterName(module)}.${parameter}`)
  )
}

function findParameter(layer: tfl.layers.Layer | undefined, name: string): MatchedWeight | undefined {
  const parameter = layer && getTorchParameter(layer, name)
  return parameter && findVariable(layer, `${layer.name}/${parameter.weight}`, parameter)
}

function findVariable(
  layer: tfl.layers.Layer | undefined,
  name: string,
  parameter: TorchParameter | undefined,
): MatchedWeight | undefined {
  const variable = layer?.weights.find(({ originalName }) => originalName === name)
  return layer && variable && { layer, variable, parameter }
}

/**
 * Chooses the prefix of the names, such as `model.` or `backbone.`, whose removal lets most names match weights of the model.
 *
 * Names as they are (an empty prefix) win if they match at least half as many weights as the best prefix.
 *
 * @throws FacekpError `MODEL_WEIGHTS_PREFIX` if another prefix matches at least half as many weights as the best one
 */
export function choosePrefix(
  layers: readonly tfl.layers.Layer[],
  tensors: readonly NamedTensor[],
  file: string,
): string {
  const byName = new Map(layers.map((layer) => [layer.name, layer]))
  const matches = new Map<string, Set<LayerVariable>>()
  for (const { name } of tensors) {
    for (const prefix of listPrefixes(name)) {
      const variable = findWeight(name.slice(prefix.length), byName)?.variable
      if (variable) matches.set(prefix, (matches.get(prefix) ?? new Set()).add(variable))
    }
  }
  const counts = [...matches].map(([prefix, { size }]) => ({ prefix, size })).sort((a, b) => b.size - a.size)
  const [best] = counts
  if (!best) return ''
  const candidates = counts.filter(({ size }) => 2 * size >= best.size).map(({ prefix }) => prefix)
  if (candidates.includes('')) return ''
  if (candidates.length > 1) throw prefixError(candidates, file)
  return best.prefix
}

/** Levels of modules that a prefix may have. */
const MAX_LEVELS = 8

/** Lists the beginnings of a name that end with a dot, and the empty one. */
function listPrefixes(name: string): string[] {
  const prefixes = ['']
  for (let dot = name.indexOf('.'); dot >= 0 && prefixes.length <= MAX_LEVELS; dot = name.indexOf('.', dot + 1)) {
    prefixes.push(name.slice(0, dot + 1))
  }
  return prefixes
}

function prefixError(candidates: readonly string[], file: string): FacekpError {
  return new FacekpError({
    code: 'MODEL_WEIGHTS_PREFIX',
    problem: 'the names match the model with several prefixes',
    file,
    received: candidates.map((prefix) => JSON.stringify(prefix)).join(', '),
    expected: `option prefix of loadWeights or readTensors with one of them, such as prefix: ${JSON.stringify(candidates[0])}`,
  })
}
