import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fail } from './errors.ts'
import { readTensors } from './read.ts'
import type { NamedTensor } from './tensor.ts'
import { readTfjsTensors } from './tfjs.ts'

/**
 * Reads the tensors of a file: safetensors, what `torch.save` wrote, or the `model.json` of a TensorFlow.js model, whose folder will do
 * as well.
 *
 * @throws FacekpError `WEIGHTS_NOT_FOUND`, `WEIGHTS_UNREADABLE` (no permission, say), and all that `readTensors` and
 *   `readTfjsTensors` throw, each with the file's name
 * @example
 * ```ts
 * const tensors = await readTensorFile('resnet18-f37072fd.pth')
 * ```
 */
export async function readTensorFile(path: string): Promise<NamedTensor[]> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false
  const file = isFolder ? join(path, 'model.json') : path
  const bytes = await read(file)
  if (!file.endsWith('.json')) return readTensors(bytes, file)
  return readTfjsTensors(bytes, (shard) => read(join(dirname(file), shard)), file)
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const missing = code === 'ENOENT' || code === 'ENOTDIR'
    return fail({
      code: missing ? 'WEIGHTS_NOT_FOUND' : 'WEIGHTS_UNREADABLE',
      problem: missing ? 'there is no such file' : 'the file cannot be read',
      file,
      received: missing ? undefined : message,
      cause: error,
    })
  }
}
