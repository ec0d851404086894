import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Dataset } from '@facekp/core'
import { readImm, splitImm } from '@facekp/data-imm/node'
import { syntheticImm } from '@facekp/data-synthetic'

/** Faces with the 58 points of the IMM Face Database, split by people as the course does. */
export interface ImmFaces {
  /** Where they come from, in words. */
  readonly source: string
  readonly train: Dataset
  readonly validation: Dataset
}

/**
 * The IMM Face Database in `folder`, in the folder that FACEKP_DATA names (or its `imm_face_db`), or beside the
 * repository; where there is none, drawn faces laid out alike.
 */
export async function immFaces(folder: string | undefined, seed: number): Promise<ImmFaces> {
  const found = folder ?? immFolder()
  if (found === undefined) {
    return {
      source: 'drawn faces (no IMM Face Database was found; name its folder with --data)',
      ...syntheticImm({ seed }),
    }
  }
  return { source: found, ...splitImm(await readImm(found)) }
}

/** The folder of the IMM Face Database that FACEKP_DATA names or that lies beside the repository; undefined where there is none. */
export function immFolder(): string | undefined {
  const named = process.env['FACEKP_DATA']
  if (named) return existsSync(join(named, 'imm_face_db')) ? join(named, 'imm_face_db') : named
  const beside = fileURLToPath(new URL('../../../shared/data/imm_face_db', import.meta.url))
  return existsSync(beside) ? beside : undefined
}
