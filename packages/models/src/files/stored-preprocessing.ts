import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Preprocessing, parsePreprocessing } from '@facekp/tfjs-utils'

/**
 * Reads the preprocessing that a saved model stores in its metadata.
 *
 * @param path of a `model.json` or its folder, already read as a model; or of another file
 * @returns undefined if the model stores none, and for every other file
 * @throws FacekpError `MODEL_PREPROCESSING` if the stored preprocessing is invalid
 */
export async function readStoredPreprocessing(path: string): Promise<Preprocessing | undefined> {
  const file = (await stat(path)).isDirectory() ? join(path, 'model.json') : path
  if (!file.endsWith('.json')) return undefined
  const { userDefinedMetadata } = JSON.parse(await readFile(file, 'utf8')) as { userDefinedMetadata?: unknown }
  const { preprocessing } = (userDefinedMetadata ?? {}) as { preprocessing?: unknown }
  return preprocessing === undefined ? undefined : parsePreprocessing(preprocessing, `preprocessing of ${file}`)
}
