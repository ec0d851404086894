import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, expect } from '@jest/globals'
import { writeDrawnFaces } from '../packages/facekp/fixtures/drawn-faces.ts'
import { requirement, testIf } from './support/require.ts'
import { startSlurm } from './support/start-slurm.ts'
import { runTypeScript } from './support/typescript-program.ts'

// deploy.test.ts checks the script itself, also where there is no Slurm.

const COMMAND = runTypeScript(new URL('../packages/facekp/src/bin.ts', import.meta.url))
const SCRIPT = fileURLToPath(new URL('../deploy/slurm/predict.sh', import.meta.url))
const IMAGES = 6

const slurm = await startSlurm()
if (!slurm && requirement('slurm')) throw new Error('FACEKP_REQUIRE: expected a Slurm that starts on this machine')
const folder = mkdtempSync(join(tmpdir(), 'facekp-slurm-test-'))
afterAll(async () => {
  await slurm?.stop()
  rmSync(folder, { recursive: true })
})

testIf(slurm, 'slurm')('the tasks of an array predict all images, each once', async () => {
  await writeDrawnFaces(join(folder, 'faces.json'), { seed: 3, count: IMAGES })
  const command = [process.execPath, ...COMMAND].join(' ')
  writeFileSync(join(folder, 'facekp'), `#!/bin/sh\nexec ${command} "$@"\n`)
  chmodSync(join(folder, 'facekp'), 0o755)
  const out = join(folder, 'my out')
  // An image's path decides about its part: a relative one is the same in each run.
  const args = ['--wait', `--chdir=${folder}`, '--output=log-%a', '--array=0-1', SCRIPT, 'mesh-468', 'images', out]
  await slurm?.run('sbatch', args, { ...env, NODE_OPTIONS: '', PATH: `${folder}:${env['PATH']}` })

  const parts = [0, 1].map((part) => readLines(join(out, `points-${part}.jsonl`)))
  expect(parts.every(({ length }) => length > 0)).toBe(true)
  const names = parts.flat().map((line) => JSON.parse(line).image as string)
  expect(names).toHaveLength(IMAGES)
  expect(new Set(names).size).toBe(IMAGES)
})

function readLines(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1)
}
