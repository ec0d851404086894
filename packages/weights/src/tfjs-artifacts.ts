import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { describeFirstIssue } from '@facekp/options'
import * as z from 'zod/mini'
import { damagedError, duplicateError, fail, quoteName } from './errors.ts'
import { countElements } from './tensor.ts'
import { decodeText, parseJson } from './text.ts'

const whole = z.int().check(z.nonnegative())

const weightSchema = z.object({
  name: z.string(),
  shape: z.array(whole),
  dtype: z.enum(['float32', 'int32', 'bool', 'complex64', 'string']),
  group: z.optional(z.enum(['model', 'optimizer'])),
  quantization: z.optional(
    z
      .object({
        dtype: z.enum(['uint8', 'uint16', 'float16']),
        scale: z.optional(z.number()),
        min: z.optional(z.number()),
      })
      .check(
        z.refine(
          ({ dtype, scale, min }) => dtype === 'float16' || (scale !== undefined && min !== undefined),
          'scale and min',
        ),
      ),
  ),
})

const modelSchema = z.object({
  weightsManifest: z.array(
    z.object({ paths: z.array(z.string().check(z.minLength(1))), weights: z.array(weightSchema) }),
  ),
})

/** A weight as `model.json` describes it, in the form that TensorFlow.js takes. */
export interface TfjsWeightSpec {
  name: string
  shape: number[]
  dtype: 'float32' | 'int32' | 'bool' | 'complex64' | 'string'
  /** Whether it belongs to the model (default) or is the state of its optimizer. */
  group?: 'model' | 'optimizer'
  /** Steps of `scale` from `min`, or halves. */
  quantization?: { dtype: 'uint8' | 'uint16' | 'float16'; scale?: number; min?: number }
}

/** Weights of a TensorFlow.js model as its files hold them, not decoded. */
export interface TfjsArtifacts {
  readonly weightSpecs: TfjsWeightSpec[]
  /** Bytes of all shards, in the order of `weightSpecs`. */
  readonly weightData: Uint8Array<ArrayBuffer>
}

/** Bytes per number. */
const BYTES = { float32: 4, int32: 4, bool: 1, complex64: 8, uint8: 1, uint16: 2, float16: 2 } as const

/**
 * Reads the weights of a TensorFlow.js model without decoding them, for `tf.io.fromMemory`.
 *
 * @param json bytes of `model.json`
 * @param readShard gives the bytes of a shard by its path relative to `model.json`; called once per path
 * @param file name of `model.json` in errors
 * @throws FacekpError `WEIGHTS_DAMAGED`, `WEIGHTS_TRUNCATED` (a shard has too few bytes), `WEIGHTS_DUPLICATE`, `WEIGHTS_PATH` (a shard
 *   outside the folder of `model.json`), and what `readShard` throws
 * @example
 * ```ts
 * const { weightSpecs, weightData } = await readTfjsArtifacts(json, (path) => fetchBytes(`/nose/${path}`))
 * const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData: weightData.buffer }))
 * ```
 */
export async function readTfjsArtifacts(
  json: Uint8Array,
  readShard: (path: string) => Promise<Uint8Array>,
  file = 'model.json',
): Promise<TfjsArtifacts> {
  checkArgument(KINDS.bytes, json, 'json', 'readTfjsArtifacts')
  checkArgument(KINDS.function, readShard, 'readShard', 'readTfjsArtifacts')
  checkArgument(KINDS.string, file, 'file', 'readTfjsArtifacts')
  const weights = await readManifest(parseJson(decodeText(json, 'the file', file), 'the file', file), readShard, file)
  return { weightSpecs: weights.map(({ spec }) => spec), weightData: concatBytes(weights.map(({ bytes }) => bytes)) }
}

/** A weight of a TensorFlow.js model and its bytes. */
export interface TfjsWeight {
  readonly spec: TfjsWeightSpec
  readonly bytes: Uint8Array
}

/** Reads the weights that a parsed `model.json` lists. */
export async function readManifest(
  json: unknown,
  readShard: (path: string) => Promise<Uint8Array>,
  file: string,
): Promise<TfjsWeight[]> {
  const read = new Map<string, TfjsWeight>()
  for (const { paths, weights } of parseManifest(json, file)) {
    const shards: Uint8Array[] = []
    for (const path of paths) shards.push(await readShard(path))
    const bytes = concatBytes(shards)
    let position = 0
    for (const spec of weights) {
      if (read.has(spec.name)) duplicateError(file, spec.name)
      const length = measureWeight(spec, bytes.subarray(position), paths, file)
      read.set(spec.name, { spec, bytes: bytes.subarray(position, position + length) })
      position += length
    }
    if (position < bytes.length)
      damagedError(file, `bytes of ${paths.join(', ')} belong to no weight`, `${bytes.length - position} bytes`)
  }
  return [...read.values()]
}

/** Weights that are in the bytes of some shards together. */
interface WeightGroup {
  readonly paths: readonly string[]
  readonly weights: readonly TfjsWeightSpec[]
}

/** Parses the manifest of a `model.json`; each path is in its folder or below. */
export function parseManifest(json: unknown, file: string): readonly WeightGroup[] {
  const parsed = modelSchema.safeParse(json)
  if (!parsed.success) {
    return damagedError(file, 'invalid model.json of TensorFlow.js', describeFirstIssue(parsed.error, json))
  }
  const weightsManifest = parsed.data.weightsManifest as readonly WeightGroup[]
  const seenPaths = new Set<string>()
  for (const path of weightsManifest.flatMap(({ paths }) => paths)) {
    checkShardPath(path, file)
    if (seenPaths.has(path)) duplicateError(file, path)
    seenPaths.add(path)
  }
  return weightsManifest
}

/**
 * Checks that a path can only mean a file in the folder of the file that names it, or below.
 *
 * @throws FacekpError `WEIGHTS_PATH`
 */
export function checkShardPath(path: string, file: string): void {
  if (/^[\p{L}\p{N}_ .+@=~(),-]+(\/[\p{L}\p{N}_ .+@=~(),-]+)*$/u.test(path) && !path.split('/').includes('..')) return
  fail({
    code: 'WEIGHTS_PATH',
    problem: 'a shard is not in the folder of the file that names it',
    file,
    received: quoteName(path),
    expected: 'a relative path such as group1-shard1of2.bin',
  })
}

/** Measures the bytes of a weight at the beginning of the rest of a group. */
function measureWeight(spec: TfjsWeightSpec, rest: Uint8Array, paths: readonly string[], file: string): number {
  const { name, shape, dtype, quantization } = spec
  const count = countElements(shape)
  if (count === undefined) return damagedError(file, `weight ${quoteName(name)} has too many numbers`, `[${shape}]`)
  const length = dtype === 'string' ? measureTexts(count, rest) : count * BYTES[quantization?.dtype ?? dtype]
  if (length <= rest.length) return length
  return fail({
    code: 'WEIGHTS_TRUNCATED',
    problem: `the bytes of ${paths.join(', ') || 'no shard'} end before weight ${quoteName(name)} does`,
    file,
    received: `${rest.length} bytes`,
    expected: `${length}; download or copy the shards again`,
  })
}

/** Measures texts, each preceded by its length. */
function measureTexts(count: number, rest: Uint8Array): number {
  const view = new DataView(rest.buffer, rest.byteOffset, rest.length)
  let length = 0
  for (let i = 0; i < count && length <= rest.length; i++) {
    length += length + 4 <= rest.length ? 4 + view.getUint32(length, true) : 4
  }
  return length
}

function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let position = 0
  for (const part of parts) {
    bytes.set(part, position)
    position += part.length
  }
  return bytes
}
