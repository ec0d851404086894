import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as z from 'zod/mini'
import { damagedError, fail, quoteName } from './errors.ts'
import { renameTensors } from './names.ts'
import { toNumbers } from './numbers.ts'
import { type ReadOptions, readFormat } from './read.ts'
import { parseReadOptions } from './read-options.ts'
import { assertNoChoice } from './state-dict.ts'
import type { NamedTensor, SkippedEntry, WeightsContent } from './tensor.ts'
import { decodeText, parseJson } from './text.ts'
import { checkShardPath, parseManifest, readManifest, type TfjsWeight } from './tfjs-artifacts.ts'

/** Gives the bytes of a file by its path relative to the one that names it. */
export type ReadShard = (path: string) => Promise<Uint8Array>

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) })

/** Tests whether bytes begin as an object of JSON: the index of weights that are in other files. */
export function looksLikeJson(bytes: Uint8Array): boolean {
  return /^(\xEF\xBB\xBF)?\s*\{\s*["}]/.test(String.fromCharCode(...bytes.subarray(0, 32)))
}

/**
 * Reads weights in several files that a JSON file lists: `model.json` of TensorFlow.js, also of `tensorflowjs_converter`, or an index of
 * Hugging Face (`model.safetensors.index.json`, `pytorch_model.bin.index.json`).
 *
 * Quantized weights of TensorFlow.js are decoded as `tf.loadLayersModel` decodes them.
 *
 * @param json bytes of the JSON file
 * @param readShard gives the bytes of a file by its path relative to the JSON file; called once per path
 * @throws FacekpError `WEIGHTS_FORMAT` (other JSON), `WEIGHTS_PATH` (a path outside the folder of the JSON file), `WEIGHTS_DAMAGED`,
 *   `WEIGHTS_TRUNCATED`, and what {@link readWeights} and `readShard` throw
 * @example
 * ```ts
 * const fetchBytes = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer())
 * const json = await fetchBytes('/nose/model.json')
 * const { tensors, skipped } = await readShardedWeights(json, (path) => fetchBytes(`/nose/${path}`))
 * ```
 */
export async function readShardedWeights(
  json: Uint8Array,
  readShard: ReadShard,
  options: ReadOptions = {},
): Promise<WeightsContent> {
  checkArgument(KINDS.bytes, json, 'json', 'readShardedWeights')
  checkArgument(KINDS.function, readShard, 'readShard', 'readShardedWeights')
  const { file, prefix } = parseReadOptions(options)
  const index = parseIndex(json, file)
  if (!('weight_map' in index)) assertNoChoice(options, file)
  const { tensors, skipped } = await ('weight_map' in index
    ? readIndex(index.weight_map, readShard, options, file)
    : readTfjs(index, readShard, file))
  // Names of TensorFlow.js have no wrappers of PyTorch.
  if (!('weight_map' in index) && prefix === undefined) return { tensors, key: '', otherKeys: [], removed: [], skipped }
  const renamed = renameTensors(tensors, prefix, file)
  return { ...renamed, key: '', otherKeys: [], skipped: [...skipped, ...renamed.skipped] }
}

/** Lists the paths of all files that a JSON file lists, each in its folder or below. */
export function listShardPaths(json: Uint8Array, file: string): string[] {
  const index = parseIndex(json, file)
  if ('weight_map' in index) return listFiles(index.weight_map, file)
  return parseManifest(index, file).flatMap(({ paths }) => paths)
}

function parseIndex(bytes: Uint8Array, file: string): z.output<typeof indexSchema> | object {
  const json = parseJson(decodeText(bytes, 'the file', file), 'the file', file)
  const parsed = indexSchema.safeParse(json)
  if (parsed.success) return parsed.data
  if (typeof json === 'object' && json !== null && 'weightsManifest' in json) return json
  return fail({
    code: 'WEIGHTS_FORMAT',
    problem: 'unknown JSON',
    file,
    received:
      typeof json === 'object' && json !== null ? `keys ${Object.keys(json).slice(0, 8).join(', ')}` : typeof json,
    expected: 'model.json of TensorFlow.js (weightsManifest) or an index of Hugging Face (weight_map)',
  })
}

interface Content {
  readonly tensors: readonly NamedTensor[]
  readonly skipped: readonly SkippedEntry[]
}

function listFiles(weightMap: Readonly<Record<string, string>>, file: string): string[] {
  const paths = [...new Set(Object.values(weightMap))]
  for (const path of paths) checkShardPath(path, file)
  return paths
}

/** Reads the tensors that an index of Hugging Face maps to files, and reports those that it does not list. */
async function readIndex(
  weightMap: Readonly<Record<string, string>>,
  readShard: ReadShard,
  options: ReadOptions,
  file: string,
): Promise<Content> {
  const tensors = new Map<string, NamedTensor>()
  const skipped: SkippedEntry[] = []
  const skippedNames = new Set<string>()
  for (const path of listFiles(weightMap, file)) {
    const shardFile = file.replace(/[^/\\]*$/, path)
    const shard = readFormat(await readShard(path), options, shardFile)
    for (const entry of shard.skipped) {
      skipped.push(entry)
      if (weightMap[entry.name] === path) skippedNames.add(entry.name)
    }
    for (const tensor of shard.tensors) {
      if (Object.hasOwn(weightMap, tensor.name) && weightMap[tensor.name] === path) tensors.set(tensor.name, tensor)
      else skipped.push({ name: tensor.name, reason: `in ${path}, where the index does not list it` })
    }
  }
  const missing = Object.keys(weightMap).find((name) => !tensors.has(name) && !skippedNames.has(name))
  if (missing !== undefined) {
    return damagedError(file, `the index lists tensor ${quoteName(missing)}, which ${weightMap[missing]} lacks`)
  }
  return { tensors: [...tensors.values()], skipped }
}

async function readTfjs(json: object, readShard: ReadShard, file: string): Promise<Content> {
  const tensors: NamedTensor[] = []
  const skipped: SkippedEntry[] = []
  for (const weight of await readManifest(json, readShard, file)) {
    const { name, dtype, group, quantization } = weight.spec
    const tensor = group === 'optimizer' ? undefined : decodeWeight(weight)
    if (tensor) tensors.push(tensor)
    else if (group === 'optimizer') skipped.push({ name, reason: 'state of an optimizer' })
    else skipped.push({ name, reason: `dtype ${dtype}${quantization ? `, quantized to ${quantization.dtype}` : ''}` })
  }
  const [first] = skipped
  if (tensors.length > 0 || !first) return { tensors, skipped }
  return fail({
    code: 'WEIGHTS_DTYPE',
    problem: 'no weight of the model has a supported data type',
    file,
    received: `${quoteName(first.name)}: ${first.reason}`,
    expected: 'float32, int32 or bool',
  })
}

/** Decodes a weight as `tf.io.decodeWeights` does; undefined if its data type is not supported. */
function decodeWeight({ spec: { name, shape, dtype, quantization }, bytes }: TfjsWeight): NamedTensor | undefined {
  if (dtype === 'string' || dtype === 'complex64') return undefined
  if (!quantization) return { name, dtype, shape, data: toNumbers(bytes, dtype) }
  if (quantization.dtype === 'float16') {
    return dtype === 'float32' ? { name, dtype, shape, data: toNumbers(bytes, 'float16') } : undefined
  }
  if (dtype === 'bool') return undefined
  const { scale = 1, min = 0 } = quantization
  const steps = quantization.dtype === 'uint8' ? bytes : new Uint16Array(new Uint8Array(bytes).buffer)
  const data =
    dtype === 'float32'
      ? Float32Array.from(steps).map((step) => step * scale + min)
      : Int32Array.from(steps).map((step) => Math.round(step * scale + min))
  return { name, dtype, shape, data }
}
