import { join } from 'node:path'
import { IBUG_68 } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { writeIbugFolder, writeImmFolder } from '@facekp/data-synthetic/node'
import { writeImage } from '@facekp/image/node'

/** Writes what the programs of READMEs read: small drawn data sets under the names of the real ones, and a photograph. */
export async function writeReadmeFiles(folder: string): Promise<void> {
  await writeImmFolder(join(folder, 'imm_face_db'), { seed: 1, people: 2, width: 160, height: 120 })
  await writeIbugFolder(join(folder, 'ibug_300W'), { seed: 1, train: 6, test: 4, width: 160, height: 120 })
  const { image } = await syntheticFaces({ seed: 1, count: 1, scheme: IBUG_68, width: 320, height: 240 }).get(0)
  await writeImage(join(folder, 'face.jpg'), image)
}
