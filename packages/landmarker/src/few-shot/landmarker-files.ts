import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FacekpError } from '@facekp/core'
import { writeFileAtomic } from '@facekp/files'
import type { MeshPoints } from '../landmarker.ts'
import { type LandmarkerModel, readModel } from './landmarker-model.ts'

const FILE = 'landmarker.json'

/**
 * Saves a model as `landmarker.json` in a folder, which is created if it does not exist. The file is written completely or not at all.
 *
 * @throws FacekpError `LANDMARKER_FILE`
 * @example
 * ```ts
 * await saveLandmarker(model, 'my-landmarker')
 * ```
 */
export async function saveLandmarker(model: LandmarkerModel, folder: string): Promise<void> {
  readModel(model)
  await writeFileAtomic(join(folder, FILE), `${JSON.stringify(model)}\n`, 'LANDMARKER_FILE')
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
