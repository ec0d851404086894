import { z } from 'zod'
import { damagedError, duplicateError, fail, quoteName, truncatedError } from './errors.ts'
import { toNumbers } from './numbers.ts'
import { countElements, DTYPE_BYTES, type NamedTensor } from './tensor.ts'
import { decodeText, parseJson } from './text.ts'

const modelSchema = z.object({
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string().min(1)),
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.int().nonnegative()),
          dtype: z.string(),
          quantization: z.unknown().optional(),
        }),
      ),
    }),
  ),
})

const DTYPES = ['float32', 'int32', 'bool'] as const

/**
 * Reads the weights of a TensorFlow.js model: `model.json` tells their names and shapes, and files beside it, its shards, hold their
 * numbers. The model itself is not looked at.
 *
 * @param json the bytes of `model.json`
 * @param readShard gives the bytes of a shard, by its path beside `model.json`; called once each
 * @param file what errors call `model.json`
 * @throws FacekpError `WEIGHTS_DAMAGED`, `WEIGHTS_TRUNCATED`, `WEIGHTS_DUPLICATE`, `WEIGHTS_DTYPE` (quantized weights among
 *   them), `WEIGHTS_PATH` (a shard that lies elsewhere than beside), and what `readShard` throws
 * @example
 * ```ts
 * const fetchBytes = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer())
 * const tensors = await readTfjsTensors(await fetchBytes('/nose/model.json'), (path) => fetchBytes(`/nose/${path}`))
 * ```
 */
export async function readTfjsTensors(
  json: Uint8Array,
  readShard: (path: string) => Promise<Uint8Array>,
  file = 'model.json',
): Promise<NamedTensor[]> {
  const tensors = new Map<string, NamedTensor>()
  for (const { paths, weights } of parseManifest(json, file)) {
    const shards = []
    for (const path of paths) shards.push(await readShard(path))
    const bytes = concatBytes(shards)
    let at = 0
    for (const weight of weights) {
      const { name, dtype, shape, count } = parseWeight(weight, file)
      const length = count * DTYPE_BYTES[dtype]
      if (tensors.has(name)) duplicateError(file, name)
      if (length > bytes.length - at)
        truncatedError(file, `the shard of ${quoteName(name)}`, `${bytes.length - at} bytes`, `${length}`)
      tensors.set(name, { name, dtype, shape, data: toNumbers(bytes.subarray(at, at + length), dtype) })
      at += length
    }
    if (at < bytes.length)
      damagedError(file, `bytes that belong to no weight are in ${paths.join(', ')}`, `${bytes.length - at}`)
  }
  return [...tensors.values()]
}

/** The paths of all shards, each in the folder of `model.json` or below. */
export function shardPaths(json: Uint8Array, file: string): string[] {
  return parseManifest(json, file).flatMap(({ paths }) => paths)
}

type Manifest = z.infer<typeof modelSchema>['weightsManifest']
type Weight = Manifest[number]['weights'][number]

function parseManifest(json: Uint8Array, file: string): Manifest {
  const parsed = modelSchema.safeParse(parseJson(decodeText(json, 'the file', file), 'the file', file))
  if (!parsed.success) {
    return damagedError(file, 'is no model.json of TensorFlow.js', z.prettifyError(parsed.error), parsed.error)
  }
  const { weightsManifest } = parsed.data
  for (const { paths } of weightsManifest) for (const path of paths) checkPath(path, file)
  return weightsManifest
}

function parseWeight({ name, shape, dtype, quantization }: Weight, file: string) {
  const known = DTYPES.find((candidate) => candidate === dtype)
  if (known === undefined || quantization !== undefined) {
    return fail({
      code: 'WEIGHTS_DTYPE',
      problem: `weight ${name} has numbers of a kind that is not read`,
      file,
      received: quantization === undefined ? quoteName(dtype) : 'quantized ones',
      expected: DTYPES.join(', '),
    })
  }
  const count = countElements(shape)
  if (count === undefined) return damagedError(file, `weight ${name} has a shape beyond counting`, `[${shape}]`)
  return { name, shape, dtype: known, count }
}

/** A path that can only mean a file in the folder of model.json or below. */
function checkPath(path: string, file: string): void {
  if (/^[\w.-]+(\/[\w.-]+)*$/.test(path) && !path.split('/').includes('..')) return
  fail({
    code: 'WEIGHTS_PATH',
    problem: 'a shard does not lie beside model.json',
    file,
    received: quoteName(path),
    expected: 'a name such as weights.bin',
  })
}

function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
