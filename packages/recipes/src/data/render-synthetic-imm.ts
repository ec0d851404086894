import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { compose } from '@facekp/augment'
import { augmentPool } from '@facekp/augment/node'
import { isFacekpError, type SampleLoader } from '@facekp/core'
import { type SyntheticImmOptions, syntheticImm } from '@facekp/data-synthetic'
import { writeImmFolder } from '@facekp/data-synthetic/node'
import { cacheFolder } from '@facekp/files'
import { startProgress } from '@facekp/progress'

/**
 * Renders synthetic faces in the layout of the IMM Face Database into facekp's cache folder, with a thread for each core, unless they are
 * there.
 *
 * @returns the folder, which `readImm` reads
 */
export async function renderSyntheticImm(options: SyntheticImmOptions): Promise<string> {
  const folder = join(cacheFolder('synthetic-imm'), await hashFaces(options))
  if (existsSync(folder)) return folder
  const pool = await augmentPool({
    dataset: new URL('synthetic-imm-faces.js', import.meta.url),
    datasetOptions: { ...options },
    transform: compose([]),
    workers: availableParallelism(),
  })
  const total = pool.dataset.length
  const progress = startProgress({ label: 'rendering', total, unit: 'faces' })
  let count = 0
  const loader: SampleLoader = async (key) => {
    const sample = await pool.loader(key)
    count++
    progress.update(count)
    return sample
  }
  try {
    await writeImmFolder(folder, { ...options, loader })
  } catch (error) {
    // Another program has rendered them meanwhile.
    if (!isFacekpError(error, 'SYNTHETIC_FOLDER') || !existsSync(folder)) throw error
  } finally {
    progress.finish()
    await pool.close()
  }
  return folder
}

/** Identifies the faces of these options and of this version of the renderer by the options and a small face. */
async function hashFaces(options: SyntheticImmOptions): Promise<string> {
  const { image, keypoints } = await syntheticImm({ ...options, width: 64, height: 48 }).train.get(0)
  const hash = createHash('sha256').update(JSON.stringify(options)).update(image.data).update(keypoints)
  return hash.digest('hex').slice(0, 16)
}
