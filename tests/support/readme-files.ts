import { join } from 'node:path'
import { createDataset, defineScheme, IBUG_68, type Sample, selectKeypoints } from '@facekp/core'
import { writeLabelme } from '@facekp/data-formats/node'
import { syntheticFaces } from '@facekp/data-synthetic'
import { writeIbugFolder, writeImmFolder } from '@facekp/data-synthetic/node'
import { writeImage } from '@facekp/image/node'

/** Labeled images, enough for a fit to few images. */
const COUNT = 5

/** Writes what the programs of READMEs read: small drawn data sets under the names of the real ones, and a photograph. */
export async function writeReadmeFiles(folder: string): Promise<void> {
  await writeImmFolder(join(folder, 'imm_face_db'), { seed: 1, people: 2, width: 160, height: 120 })
  await writeIbugFolder(join(folder, 'ibug_300W'), { seed: 1, train: 6, test: 4, width: 160, height: 120 })
  const faces = syntheticFaces({ seed: 1, count: COUNT, scheme: IBUG_68, width: 320, height: 240 })
  const samples = await Promise.all(Array.from({ length: COUNT }, (_, index) => faces.get(index)))
  await writeImage(join(folder, 'face.jpg'), (samples[0] as Sample).image)
  // The middles of the lips and the tip of the nose.
  const lips = defineScheme({ name: 'lips', pointNames: ['upper_lip', 'lower_lip', 'nose'], flipPairs: [], parts: [] })
  const lipFaces = samples.map((sample) => selectKeypoints(sample, [51, 57, 30]))
  await writeLabelme(createDataset(lips, lipFaces), join(folder, 'my-faces'))
}
