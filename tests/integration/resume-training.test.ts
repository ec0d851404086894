import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { runTypeScript } from '../support/typescript-program.ts'

const PROGRAM = runTypeScript(new URL('fixtures/resume-training.ts', import.meta.url))
const folders = mkdtempSync(join(tmpdir(), 'facekp-resume-'))
afterAll(() => rmSync(folders, { recursive: true }))

interface Outcome {
  readonly weights: string
  readonly losses: readonly unknown[]
  readonly resumedAtStep: number
}

/** Runs the program to its end, or kills it after a step; it stops after the next one. */
function run(backend: string, folder: string, killStep?: number): Promise<Outcome | undefined> {
  const args = [backend, join(folders, folder), ...(killStep === undefined ? [] : [String(killStep)])]
  const child = spawn(process.execPath, [...PROGRAM, ...args], { env: { ...process.env, NODE_OPTIONS: '' } })
  let output = ''
  let errors = ''
  child.stdout.on('data', (data) => {
    output += data
    if (output.includes(`step ${killStep}\n`)) child.kill('SIGKILL')
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
  'a training with a pool that is killed on backend %s resumes to the same weights as one that is not',
  async (backend) => {
    const uninterrupted = (await run(backend, `${backend} uninterrupted`)) as Outcome
    expect(uninterrupted.losses).toHaveLength(3)
    expect(await run(backend, backend, 4)).toBeUndefined()
    const outcome = await run(backend, backend)
    expect(outcome?.resumedAtStep).toBeGreaterThan(2)
    expect(outcome).toEqual({ ...uninterrupted, resumedAtStep: outcome?.resumedAtStep })
  },
)
