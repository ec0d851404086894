import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { test } from '@jest/globals'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Whether FACEKP_REQUIRE, a list with commas such as `data,browser`, says that this must be there. */
export function requirement(what: string): boolean {
  return (env.FACEKP_REQUIRE ?? '').split(',').includes(what)
}

/**
 * The folder of real faces, below FACEKP_DATA or ../shared/data; undefined where it is absent. Throws where it is absent
 * and FACEKP_REQUIRE names `data`.
 */
export function realData(name: 'imm_face_db' | 'ibug_300W_mini' | 'ibug_300W_annotations'): string | undefined {
  const folder = join(env.FACEKP_DATA ?? join(ROOT, '..', 'shared', 'data'), name)
  if (existsSync(folder)) return folder
  if (requirement('data')) throw new Error(`FACEKP_REQUIRE asks for real data, and there is no ${folder}`)
  return undefined
}

/** Returns `test` if what it needs is available, else a test that is skipped with a message. */
export function testIf(isAvailable: unknown, what: string): typeof test {
  if (isAvailable) return test
  // Jest is silent: it prints nothing of the console.
  process.stdout.write(`skipped: ${what} is absent\n`)
  return test.skip as typeof test
}
