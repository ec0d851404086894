import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { acquireLock } from '@facekp/files'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { holdModel } from '../../../../tests/support/hold-model.ts'
import { bundlePrograms } from '../../../../tests/support/typescript-program.ts'
import { writeDrawnFaces } from '../../fixtures/drawn-faces.ts'

const BIN = new URL('../bin.ts', import.meta.url)
const JOB = new URL('../../fixtures/run-training-job.ts', import.meta.url)
const { nodeOptions, locate } = bundlePrograms([BIN, JOB].map((url) => fileURLToPath(url)))
const TINY = ['arch=heatmapNet16', 'size=32', 'cachedCrop.size=40', 'epochs=1', 'batchSize=4', 'tta.views=1']

let root = ''
const running = new Set<ChildProcess>()
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-job-'))
  await writeDrawnFaces(join(root, 'faces.json'), { seed: 1, count: 10 })
})
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})
afterAll(() => rmSync(root, { recursive: true }))

/** Runs a TypeScript program, and parses the last line that it prints. */
async function run<Result>(program: URL, ...args: string[]): Promise<Result> {
  const env = { ...process.env, NODE_OPTIONS: '' }
  const child = spawn(process.execPath, [...nodeOptions, locate(program), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  running.add(child)
  const output = await text(child.stdout)
  running.delete(child)
  return JSON.parse(output.trim().split('\n').at(-1) as string)
}

interface Outcome {
  readonly value?: { readonly out: string; readonly epochs: number; readonly valErrorPx: number }
  readonly error?: { readonly code: string; readonly problem: string }
}

/** Reads the number of the program that holds a lock; undefined until it is written. */
function readPid(lock: string): number | undefined {
  const content = existsSync(lock) ? readFileSync(lock, 'utf8') : ''
  return content.endsWith('}') ? JSON.parse(content).pid : undefined
}

async function waitFor(isThere: () => boolean): Promise<void> {
  while (!isThere()) await sleep(10)
}

test('a training that was killed goes on once nobody else holds its folder', async () => {
  const out = join(root, 'run')
  const args = [join(root, 'faces.json'), '--out', out, '--backend', 'wasm', '--override', ...TINY]
  const job = JSON.stringify({ cwd: root, args, out })
  const runLock = join(out, '.run.lock')

  const releaseModel = await holdModel(join(out, 'model'))
  const first = run<Outcome>(JOB, job)
  await waitFor(() => readPid(runLock) !== undefined)
  process.kill(readPid(runLock) as number, 'SIGKILL')
  expect(await first).toMatchObject({ error: { code: 'JOB_RETRY' } })
  releaseModel()

  // The lock of the killed program goes when the next one looks at it, after which it waits for this one.
  mkdirSync(join(out, 'checkpoints'), { recursive: true })
  const held = await acquireLock(join(out, 'checkpoints', '.train.lock'), { subject: 'the test' })
  const second = run<Outcome>(JOB, job)
  await waitFor(() => !existsSync(runLock))
  // A training that does not wait is refused meanwhile.
  expect(await run(BIN, 'train', ...args, '--resume', '--json')).toMatchObject({ error: { code: 'LOCKED' } })
  held.release()
  expect(await second).toEqual({ value: { out, epochs: 1, valErrorPx: expect.any(Number) } })
})

test('the error of the training is that of the job', async () => {
  const out = join(root, 'none')
  const args = [join(root, 'missing.json'), '--out', out]
  const { error } = await run<Outcome>(JOB, JSON.stringify({ cwd: root, args, out }))
  expect(error).toMatchObject({ code: expect.not.stringMatching('JOB_RETRY'), file: args[0] })
})
