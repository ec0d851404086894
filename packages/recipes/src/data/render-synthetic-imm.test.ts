import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readImm } from '@facekp/data-imm/node'
import { syntheticImm } from '@facekp/data-synthetic'
import { afterAll, expect, test } from '@jest/globals'
import { bundlePrograms } from '../../../../tests/support/typescript-program.ts'

const scratch = mkdtempSync(join(tmpdir(), 'facekp-render-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const MODULE = fileURLToPath(new URL('render-synthetic-imm.ts', import.meta.url))

const PROGRAM = `
  import { renderSyntheticImm } from ${JSON.stringify(MODULE)}
  console.log(await renderSyntheticImm({ seed: 1, width: 40, height: 32 }))`

/** Renders in a program of its own: threads load TypeScript only with the loader that the program was started with. */
async function render(): Promise<string> {
  const file = join(scratch, 'program.mjs')
  writeFileSync(file, PROGRAM)
  const args = [...bundlePrograms([MODULE]).nodeOptions, file]
  const env = { ...process.env, NODE_OPTIONS: '', FACEKP_CACHE: scratch }
  return (await promisify(execFile)(process.execPath, args, { env })).stdout.trim()
}

test('threads render the faces of syntheticImm once; the next call finds them', async () => {
  const folder = await render()
  const { train, validation } = syntheticImm({ seed: 1, width: 40, height: 32 })
  const faces = await readImm(folder)
  expect(faces.length).toBe(240)
  for (const [index, face] of [
    [7, await train.get(7)],
    [192, await validation.get(0)],
  ] as const) {
    const read = await faces.get(index)
    expect(read.id).toBe(face.id)
    for (const [i, value] of read.keypoints.entries()) expect(value).toBeCloseTo(face.keypoints[i] as number, 4)
  }
  const changed = statSync(folder).ctimeMs
  expect(await render()).toBe(folder)
  expect(statSync(folder).ctimeMs).toBe(changed)
  expect(readdirSync(join(scratch, 'synthetic-imm'))).toHaveLength(1)
})
