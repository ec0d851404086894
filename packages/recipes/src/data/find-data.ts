import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { FacekpError } from '@facekp/core'

const IBUG_FOLDERS = ['ibug_300W_large_face_landmark_dataset', 'ibug_300W_mini', '']

/** Returns the folder that FACEKP_DATA names; undefined if it is not set, or empty. */
function namedRoot(): string | undefined {
  return process.env['FACEKP_DATA'] || undefined
}

/** Returns the folder of datasets: FACEKP_DATA, or else `../shared/data`. */
function dataRoot(): string {
  return namedRoot() ?? resolve('..', 'shared', 'data')
}

/** Finds the IMM Face Database in FACEKP_DATA or `../shared/data`; undefined if it is missing, and FACEKP_DATA is not set. */
export function findImm(): string | undefined {
  const folder = join(dataRoot(), 'imm_face_db')
  if (existsSync(folder)) return folder
  return namedRoot()
}

/**
 * Finds the folder of iBUG's faces in FACEKP_DATA or `../shared/data`.
 *
 * @throws FacekpError `DATA_MISSING` if it is missing
 */
export function findIbug(): string {
  const root = dataRoot()
  const folders = IBUG_FOLDERS.map((name) => join(root, name))
  const folder = folders.find((path) => existsSync(join(path, 'labels_ibug_300W_train.xml')))
  if (folder !== undefined) return folder
  throw new FacekpError({
    code: 'DATA_MISSING',
    problem: "iBUG's faces in the wild are missing",
    received: root,
    expected:
      '--data DIR with labels_ibug_300W_train.xml in it; fetchIbug() of @facekp/data-ibug/node downloads the 1.7 GB, for research only',
  })
}
