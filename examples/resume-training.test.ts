import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from '@jest/globals'

const PROGRAM = fileURLToPath(new URL('fixtures/resume-training.ts', import.meta.url))
const folders = mkdtempSync(join(tmpdir(), 'facekp-resume-'))
afterAll(() => rmSync(folders, { recursive: true }))

interface Ending {
  readonly weights: string
  readonly losses: readonly unknown[]
  readonly resumedAtStep: number
}

/** Runs the program until it ends, or is killed once it has told of a step. */
function run(backend: string, folder: string, killAt?: number): Promise<Ending | undefined> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=@facekp/source', PROGRAM, backend, join(folders, folder)],
    { env: { ...process.env, NODE_OPTIONS: '' } },
  )
  let [output, errors] = ['', '']
  child.stdout.on('data', (data) => {
    output += data
    if (killAt && output.includes(`step ${killAt}\n`)) child.kill('SIGKILL')
  })
  child.stderr.on('data', (data) => {
    errors += data
  })
  return new Promise((resolve, reject) =>
    child.on('close', (code) => {
      if (code) return reject(new Error(errors))
      const [json] = /^\{.*\}$/m.exec(output) ?? []
      resolve(json ? JSON.parse(json) : undefined)
    }),
  )
}

test.each(['onnx', 'wasm'])(
  'a training with a pool, killed on backend %s, ends as one never broken',
  async (backend) => {
    const unbroken = (await run(backend, `${backend} unbroken`)) as Ending
    expect(unbroken.losses).toHaveLength(3)
    expect(await run(backend, backend, 4)).toBeUndefined()
    const ending = await run(backend, backend)
    expect(ending?.resumedAtStep).toBeGreaterThan(2)
    expect(ending).toEqual({ ...unbroken, resumedAtStep: ending?.resumedAtStep })
  },
)
