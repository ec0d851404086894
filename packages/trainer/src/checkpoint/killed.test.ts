import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomStream } from '@facekp/core'
import { isTemporaryFile } from '@facekp/files'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { runTypeScript } from '../../../../tests/support/typescript-program.ts'
import { resumable, weightsHash } from '../../fixtures/resumable.ts'
import { train } from '../loop/train.ts'

const PROGRAM = runTypeScript(new URL('../../fixtures/resumable-program.ts', import.meta.url))
const STEPS = 18
const folders = mkdtempSync(join(tmpdir(), 'facekp-killed-'))
afterAll(() => rmSync(folders, { recursive: true }))

interface Outcome {
  readonly weights: string
  readonly history: readonly unknown[]
  readonly resumedAtStep: number
}

interface RunOptions {
  /** Step after which the program is killed; it stops after the next one. */
  readonly killStep?: number
  /** Call of a part of writing a checkpoint in which the program kills itself. */
  readonly crash?: readonly [string, number]
}

/** Runs the program until it ends or is killed. */
function run(folder: string, { killStep, crash = ['never', 0] }: RunOptions = {}) {
  const args = [join(folders, folder), ...crash, ...(killStep === undefined ? [] : [killStep])]
  const child = spawn(process.execPath, [...PROGRAM, ...args.map(String)], {
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (data) => {
    output += data
    if (output.includes(`step ${killStep}\n`)) child.kill('SIGKILL')
  })
  child.stderr.on('data', (data) => {
    errors += data
  })
  return new Promise<{ signal: string | null; outcome: Outcome | undefined }>((resolve, reject) =>
    child.on('close', (code, signal) => {
      if (code) return reject(new Error(errors))
      const [json] = /^\{.*\}$/m.exec(output) ?? []
      resolve({ signal, outcome: json && JSON.parse(json) })
    }),
  )
}

let uninterrupted: Outcome
beforeAll(async () => {
  await tf.setBackend('cpu')
  const options = resumable()
  const { history } = await train(options)
  const reports = history.map(({ seconds, imagesPerSecond, ...rest }) => rest)
  uninterrupted = { weights: weightsHash(options.model), history: reports, resumedAtStep: 0 }
  expect(reports).toMatchObject([{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }])
})

test('a training killed at random steps ends with the same weights, bit by bit, and the same history', async () => {
  const random = randomStream({ seed: 1, purpose: 'kills' })
  let kills = 0
  for (let step = random.integer(1, 5); step < STEPS; step += random.integer(4, 8)) {
    // It is killed in the step after this one: before, during or after its checkpoint.
    expect((await run('random', { killStep: step })).signal).toBe('SIGKILL')
    kills++
  }
  expect(kills).toBeGreaterThan(1)
  const { outcome } = await run('random')
  expect(outcome?.resumedAtStep).toBeGreaterThan(0)
  expect(outcome).toEqual({ ...uninterrupted, resumedAtStep: outcome?.resumedAtStep })
})

test('a training killed while it writes checkpoints ends with the same weights too', async () => {
  const crashes: [string, number][] = [
    ['write', 4],
    ['rename', 2],
    ['sync', 3],
    ['remove', 2],
  ]
  for (const crash of crashes) expect((await run('writing', { crash })).signal).toBe('SIGKILL')
  const { outcome } = await run('writing')
  expect(outcome).toEqual({ ...uninterrupted, resumedAtStep: outcome?.resumedAtStep })
  expect(outcome?.resumedAtStep).toBeGreaterThan(3)
  expect(readdirSync(join(folders, 'writing')).filter(isTemporaryFile)).toEqual([])
})
