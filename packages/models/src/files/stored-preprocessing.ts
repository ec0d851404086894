import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Preprocessing, parsePreprocessing } from '@facekp/tfjs-utils'

/**
 * Reads the preprocessing that a saved model stores in its metadata.
 *
 * @param path of a `model.json` or its folder; or of another file
 * @returns undefined if the model stores none, and for every other file and folder
 * @throws FacekpError `MODEL_PREPROCESSING` if the stored preprocessing is invalid
 */
export async function readStoredPreprocessing(path: string): Promise<Preprocessing | undefined> {
  const file = (await stat(path)).isDirectory() ? join(path, 'model.json') : path
  const json = await readJson(file)
  const { preprocessing } = (json?.userDefinedMetadata ?? {}) as { preprocessing?: unknown }
  return preprocessing === undefined ? undefined : parsePreprocessing(preprocessing, `preprocessing of ${file}`)
}

async function readJson(file: string): Promise<{ readonly userDefinedMetadata?: unknown } | undefined> {
  const bytes = await readFile(file).catch(() => undefined)
  if (bytes?.[0] !== OPENING_BRACE) return undefined
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

const OPENING_BRACE = 0x7b
