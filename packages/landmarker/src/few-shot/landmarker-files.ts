import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FacekpError } from '@facekp/core'
import { writeFileAtomic } from '@facekp/files'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import type { MeshPoints } from '../landmarker.ts'
import { type LandmarkerModel, readModel } from './landmarker-model.ts'

const FILE = 'landmarker.json'

/** Facts that only the owner of the images knows. */
export interface SaveLandmarkerOptions {
  /** License of the landmarker, such as `CC-BY-4.0`; default: that of the model, if it has one. */
  readonly license?: string
  /** The images and labels of the fit: their source, owner and license; default: that of the model, if it has one. */
  readonly data?: string
}

const saveSchema = z.strictObject({
  license: z.optional(z.string().check(z.minLength(1))),
  data: z.optional(z.string().check(z.minLength(1))),
})

/**
 * Saves a model as `landmarker.json` in a folder, which is created if it does not exist. The file is written completely or not at all.
 *
 * @param options `license` and `data` are written to the file as they are
 * @throws FacekpError `LANDMARKER_MODEL`, `LANDMARKER_OPTION`, `LANDMARKER_FILE`
 * @example
 * ```ts
 * await saveLandmarker(model, 'my-landmarker', { license: 'CC-BY-4.0', data: '20 photographs of our own' })
 * ```
 */
export async function saveLandmarker(
  model: LandmarkerModel,
  folder: string,
  options: SaveLandmarkerOptions = {},
): Promise<void> {
  readModel(model)
  const facts = parseOptions({ schema: saveSchema, value: options, code: 'LANDMARKER_OPTION', name: 'saveLandmarker' })
  await writeFileAtomic(join(folder, FILE), `${JSON.stringify({ ...model, ...facts })}\n`, 'LANDMARKER_FILE')
}

/** Reads the model of a folder. */
export async function readLandmarker(folder: string): Promise<MeshPoints> {
  const file = join(folder, FILE)
  return readModel(parseJson(await readText(file), file), file)
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new FacekpError({
      code: 'LANDMARKER_FILE',
      problem: 'cannot read the landmarker',
      file,
      expected: 'mesh-468, ibug-68, or a folder written by saveLandmarker',
      cause,
    })
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new FacekpError({ code: 'LANDMARKER_MODEL', problem: 'not valid JSON', file, cause })
  }
}
