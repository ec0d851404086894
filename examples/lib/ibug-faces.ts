import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FacekpError } from '@facekp/core'

const FOLDERS = ['ibug_300W_large_face_landmark_dataset', 'ibug_300W_mini']

/**
 * The folder of iBUG's faces that is named, or that lies in the folder that FACEKP_DATA names, or else in ../shared/data beside the
 * repository.
 * Throws `DATA_MISSING` where there is none: these faces cannot be drawn.
 */
export function ibugFolder(named: string | undefined): string {
  if (named) return named
  const place = process.env['FACEKP_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))
  const folders = [...FOLDERS.map((name) => join(place, name)), place]
  const found = folders.find((folder) => existsSync(join(folder, 'labels_ibug_300W_train.xml')))
  if (found) return found
  throw new FacekpError({
    code: 'DATA_MISSING',
    problem: "part 3 needs iBUG's faces in the wild, and there are none",
    received: place,
    expected:
      '--data DIR with labels_ibug_300W_train.xml in it: fetchIbug() of @facekp/data-ibug/node downloads the 1.7 GB, for research only',
  })
}
