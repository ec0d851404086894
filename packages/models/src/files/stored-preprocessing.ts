import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeText } from '@facekp/files'
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
  if (!(await beginsWithBrace(file))) return undefined
  try {
    return JSON.parse(decodeText(await readFile(file)))
  } catch {
    return undefined
  }
}

/** Tests whether a file exists and begins as an object of JSON, without reading large weights. */
async function beginsWithBrace(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => undefined)
  if (!handle) return false
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0)
    return decodeText(buffer).startsWith('{')
  } finally {
    await handle.close()
  }
}
