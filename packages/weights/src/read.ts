import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { fail, quoteName } from './errors.ts'
import { renameTensors } from './names.ts'
import { parseReadOptions, type ReadOptions } from './read-options.ts'
import { looksLikeSafetensors, readSafetensors } from './safetensors.ts'
import { assertNoChoice, type StateDictOptions } from './state-dict.ts'
import { createBudget } from './strided.ts'
import type { NamedTensor, WeightsContent } from './tensor.ts'
import { readTorch, type TorchContent } from './torch.ts'
import { looksLikePickle, openLegacyTorch } from './torch-legacy.ts'
import { looksLikeZip, openZippedTorch } from './torch-zip.ts'

export type { ReadOptions } from './read-options.ts'

/**
 * Reads the tensors of a safetensors or PyTorch file (`.pth`, `.pt`, `.bin`, `.ckpt`, `.pth.tar`; both of PyTorch's formats), recognized
 * by its bytes, and reports what was chosen and skipped. Nothing in the file is run.
 *
 * @param bytes the whole file
 * @param options see {@link ReadOptions}
 * @throws FacekpError `WEIGHTS_OPTIONS`, `WEIGHTS_FORMAT` (neither format), `WEIGHTS_TRUNCATED`, `WEIGHTS_DAMAGED`, `WEIGHTS_UNSAFE` (a
 *   pickled model, a tensor that depends on an unknown class, a function that runs programs), `WEIGHTS_NO_STATE_DICT`,
 *   `WEIGHTS_AMBIGUOUS` (several state_dicts), `WEIGHTS_PREFIX` (no name has the prefix), `WEIGHTS_DUPLICATE`, `WEIGHTS_SHAPE` (a tensor
 *   exceeds its storage), `WEIGHTS_DTYPE` (no tensor has a supported data type), `WEIGHTS_BIG_ENDIAN`, `WEIGHTS_COMPRESSED` (a zip
 *   archive with compressed entries), `WEIGHTS_TOO_LARGE`
 * @example
 * ```ts
 * const response = await fetch('https://example.org/checkpoint.pth')
 * const bytes = new Uint8Array(await response.arrayBuffer())
 * const { tensors, key, skipped } = readWeights(bytes, { file: 'checkpoint.pth', ema: true })
 * console.log(key) // state_dict_ema
 * console.log(skipped) // [{ name: 'fc._extra_state', reason: 'None' }]
 * ```
 *
 * Sources: https://github.com/huggingface/safetensors; PyTorch's `torch/serialization.py`.
 */
export function readWeights(bytes: Uint8Array, options: ReadOptions = {}): WeightsContent {
  checkArgument(KINDS.bytes, bytes, 'bytes', 'readWeights')
  const { file, prefix, ...choice } = parseReadOptions(options)
  const { tensors, key, otherKeys, skipped } = readFormat(bytes, choice, file)
  const renamed = renameTensors(tensors, prefix, file)
  return { ...renamed, key, otherKeys, skipped: [...skipped, ...renamed.skipped] }
}

/**
 * Reads the tensors of a safetensors or PyTorch file, as {@link readWeights} does, without the report.
 *
 * @param bytes the whole file
 * @throws FacekpError what {@link readWeights} throws
 * @example
 * ```ts
 * const tensors = readTensors(bytes, { file: 'resnet18.safetensors' })
 * tensors[0] // { name: 'conv1.weight', dtype: 'float32', shape: [64, 3, 7, 7], data: Float32Array }
 * ```
 */
export function readTensors(bytes: Uint8Array, options: ReadOptions = {}): readonly NamedTensor[] {
  checkArgument(KINDS.bytes, bytes, 'bytes', 'readTensors')
  return readWeights(bytes, options).tensors
}

/** Reads the tensors of a file with their names in the file. */
export function readFormat(bytes: Uint8Array, choice: StateDictOptions, file: string): TorchContent {
  const budget = createBudget(bytes)
  if (looksLikeZip(bytes)) return readTorch(openZippedTorch(bytes, budget, file), choice, budget, file)
  if (looksLikePickle(bytes)) return readTorch(openLegacyTorch(bytes, budget, file), choice, budget, file)
  if (looksLikeSafetensors(bytes)) {
    assertNoChoice(choice, file)
    return { ...readSafetensors(bytes, budget, file), key: '', otherKeys: [] }
  }
  return fail({
    code: 'WEIGHTS_FORMAT',
    problem: 'unknown format of weights',
    file,
    received: bytes.length === 0 ? 'an empty file' : `a file that begins with ${quoteName(formatBeginning(bytes))}`,
    expected:
      'safetensors or a file of torch.save; readShardedWeights reads model.json and the indices of Hugging Face',
  })
}

/** Formats the first bytes as ASCII, which shows a page of HTML or a pointer of Git LFS. */
function formatBeginning(bytes: Uint8Array): string {
  return [...bytes.subarray(0, 24)].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
}
