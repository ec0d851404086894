import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { randomStream } from '@facekp/core'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

const PROGRAM = fileURLToPath(new URL('../../fixtures/resumable-program.ts', import.meta.url))
const STEPS = 18
const folders = mkdtempSync(join(tmpdir(), 'facekp-killed-'))
afterAll(() => rmSync(folders, { recursive: true }))

interface Ending {
  readonly weights: string
  readonly history: readonly unknown[]
  readonly resumedAtStep: number
}

/** Runs the program until it ends, or is killed once it has told of `killAt`. */
function run(folder: string, { killAt, dies = ['never', 0] }: { killAt?: string; dies?: [string, number] } = {}) {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=@facekp/source', PROGRAM, join(folders, folder), ...dies.map(String)],
    { env: { ...process.env, NODE_OPTIONS: '' } },
  )
  let [output, errors] = ['', '']
  child.stdout.on('data', (data) => {
    output += data
    if (killAt && output.includes(`${killAt}\n`)) child.kill('SIGKILL')
  })
  child.stderr.on('data', (data) => {
    errors += data
  })
  return new Promise<{ signal: string | null; ending: Ending | undefined }>((resolve, reject) =>
    child.on('close', (code, signal) => {
      if (code) return reject(new Error(errors))
      const [json] = /^\{.*\}$/m.exec(output) ?? []
      resolve({ signal, ending: json && JSON.parse(json) })
    }),
  )
}

let unbroken: Ending
beforeAll(async () => {
  unbroken = (await run('unbroken')).ending as Ending
  expect(unbroken).toMatchObject({ resumedAtStep: 0, history: [{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }] })
})

test('a training killed at random steps ends with the same weights, bit by bit, and the same history', async () => {
  const random = randomStream({ seed: 1, purpose: 'kills' })
  let kills = 0
  for (let step = random.integer(1, 5); step < STEPS; step += random.integer(1, 6)) {
    // It dies somewhere after this step: before its checkpoint, within or past it.
    if ((await run('random', { killAt: `step ${step}` })).signal === 'SIGKILL') kills++
  }
  expect(kills).toBeGreaterThan(1)
  const { ending } = await run('random')
  expect(ending?.resumedAtStep).toBeGreaterThan(0)
  expect(ending).toEqual({ ...unbroken, resumedAtStep: ending?.resumedAtStep })
})

test('so does one killed within the writing of checkpoints', async () => {
  const deaths: [string, number][] = [
    ['write', 4],
    ['rename', 2],
    ['sync', 3],
    ['remove', 2],
    ['rename', 1],
  ]
  for (const dies of deaths) expect((await run('writing', { dies })).signal).toBe('SIGKILL')
  const { ending } = await run('writing')
  expect(ending).toEqual({ ...unbroken, resumedAtStep: ending?.resumedAtStep })
  expect(ending?.resumedAtStep).toBeGreaterThan(3)
  expect(readdirSync(join(folders, 'writing')).filter((name) => name.endsWith('.unfinished'))).toEqual([])
})
