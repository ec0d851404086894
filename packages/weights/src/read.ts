import { fail, quoteName } from './errors.ts'
import { looksLikeSafetensors, readSafetensors } from './safetensors.ts'
import type { NamedTensor } from './tensor.ts'
import { readTorch } from './torch.ts'
import { looksLikePickle, openLegacyTorch } from './torch-legacy.ts'
import { looksLikeZip, openZippedTorch } from './torch-zip.ts'

/**
 * Reads the tensors of a safetensors or PyTorch file (`.pth`, `.pt`, `.bin`, `.pth.tar`; both of PyTorch's formats), distinguished by their
 * bytes. Of a PyTorch file these are its state_dict's, or those of a state_dict under `state_dict`, `model_state_dict`,
 * `model_state`, `model` or `net`; `module.` before every name is taken away. Nothing that the file holds is run.
 *
 * @param bytes the whole file
 * @param file what errors call it
 * @throws FacekpError `WEIGHTS_FORMAT` (neither), `WEIGHTS_TRUNCATED` (cut off), `WEIGHTS_DAMAGED`, `WEIGHTS_UNSAFE` (a pickle that names
 *   more than tensors need), `WEIGHTS_NO_STATE_DICT`, `WEIGHTS_DUPLICATE`, `WEIGHTS_SHAPE` (a tensor that reaches beyond its
 *   storage), `WEIGHTS_DTYPE`, `WEIGHTS_BIG_ENDIAN`, `WEIGHTS_COMPRESSED` (a zip with compressed entries), `WEIGHTS_TOO_LARGE`
 * @example
 * ```ts
 * const response = await fetch('https://example.org/resnet18.safetensors')
 * const tensors = readTensors(new Uint8Array(await response.arrayBuffer()), 'resnet18.safetensors')
 * tensors[0] // { name: 'conv1.weight', dtype: 'float32', shape: [64, 3, 7, 7], data: Float32Array }
 * ```
 *
 * Sources: https://github.com/huggingface/safetensors; PyTorch's `torch/serialization.py`.
 */
export function readTensors(bytes: Uint8Array, file = 'weights'): NamedTensor[] {
  if (looksLikeZip(bytes)) return readTorch(openZippedTorch(bytes, file), bytes, file)
  if (looksLikePickle(bytes)) return readTorch(openLegacyTorch(bytes, file), bytes, file)
  if (looksLikeSafetensors(bytes)) return readSafetensors(bytes, file)
  return fail({
    code: 'WEIGHTS_FORMAT',
    problem: 'is no file of weights that is known',
    file,
    received: bytes.length === 0 ? 'an empty file' : `one that begins with ${quoteName(beginning(bytes))}`,
    expected: 'safetensors, or what torch.save writes',
  })
}

/** The first bytes as ASCII: a page of HTML or a pointer of Git LFS is seen by it. */
function beginning(bytes: Uint8Array): string {
  return [...bytes.subarray(0, 24)].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
}
