import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { fail } from './errors.ts'
import { type ReadOptions, readWeights } from './read.ts'
import { looksLikeJson, readShardedWeights } from './sharded.ts'
import type { NamedTensor, WeightsContent } from './tensor.ts'

/** Files that hold the weights of a folder: of two with the same weights, the first is read. */
const HUB_FILES = [
  'model.safetensors.index.json',
  'model.safetensors',
  'pytorch_model.bin.index.json',
  'pytorch_model.bin',
]
const TFJS_FILE = 'model.json'

/**
 * Reads the tensors of a file, recognized by its content, and reports what was chosen and skipped.
 *
 * @param path of a safetensors or PyTorch file, a `model.json` of TensorFlow.js, an index of Hugging Face, or a folder with one of them
 *   (`model.json`, `model.safetensors`, `pytorch_model.bin` or their indices); or a `file:` URL
 * @param options see {@link ReadOptions}; errors name `path`
 * @throws FacekpError `WEIGHTS_NOT_FOUND`, `WEIGHTS_UNREADABLE` (no permission, say), `WEIGHTS_AMBIGUOUS` (a folder with the weights of
 *   two models), and what `readWeights` and `readShardedWeights` throw, with the path of the file
 * @example
 * ```ts
 * const { tensors, key, skipped } = await readWeightsFile('runs/7/checkpoint.pth', { key: 'generator' })
 * ```
 */
export async function readWeightsFile(
  path: string | URL,
  options: Omit<ReadOptions, 'file'> = {},
): Promise<WeightsContent> {
  checkArgument(KINDS.source, path, 'path', 'readWeightsFile')
  const file = await findWeightsFile(path)
  const bytes = await read(file)
  if (!looksLikeJson(bytes)) return readWeights(bytes, { ...options, file })
  return readShardedWeights(bytes, (shard) => read(join(dirname(file), shard)), { ...options, file })
}

/**
 * Reads the tensors of a file, as {@link readWeightsFile} does, without the report.
 *
 * @throws FacekpError what {@link readWeightsFile} throws
 * @example
 * ```ts
 * const tensors = await readTensorFile('resnet18-f37072fd.pth')
 * ```
 */
export async function readTensorFile(
  path: string | URL,
  options: Omit<ReadOptions, 'file'> = {},
): Promise<readonly NamedTensor[]> {
  checkArgument(KINDS.source, path, 'path', 'readTensorFile')
  return (await readWeightsFile(path, options)).tensors
}

/** Finds the file of weights in a folder; gives the path of a file back. */
async function findWeightsFile(source: string | URL): Promise<string> {
  const path = String(source).startsWith('file:') ? fileURLToPath(source) : String(source)
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) return path
  const names = await readdir(path).catch((error) => readError(path, 'folder', error))
  const hubFile = HUB_FILES.find((name) => names.includes(name))
  const hasTfjs = names.includes(TFJS_FILE)
  if (hubFile && hasTfjs) {
    return fail({
      code: 'WEIGHTS_AMBIGUOUS',
      problem: 'the folder has the weights of two models',
      file: path,
      received: `${TFJS_FILE}, ${hubFile}`,
      expected: `the path of one of them, such as ${join(path, hubFile)}`,
    })
  }
  if (hubFile || hasTfjs) return join(path, hubFile ?? TFJS_FILE)
  return fail({
    code: 'WEIGHTS_NOT_FOUND',
    problem: 'the folder has no weights',
    file: path,
    received: names.slice(0, 8).join(', ') || 'an empty folder',
    expected: [TFJS_FILE, ...HUB_FILES].join(', '),
  })
}

async function read(file: string): Promise<Uint8Array> {
  return readFile(file).catch((error) => readError(file, 'file', error))
}

/** Throws the error of a file or folder that cannot be read. */
function readError(path: string, noun: 'file' | 'folder', error: NodeJS.ErrnoException): never {
  const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR'
  return fail({
    code: isMissing ? 'WEIGHTS_NOT_FOUND' : 'WEIGHTS_UNREADABLE',
    problem: `the ${noun} ${isMissing ? 'does not exist' : 'cannot be read'}`,
    file: path,
    received: isMissing ? undefined : error.message,
    cause: error,
  })
}
