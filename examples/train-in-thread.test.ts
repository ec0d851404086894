import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useBackend } from '@facekp/backend'
import { loadModel } from '@facekp/models/node'
import type { StepReport } from '@facekp/trainer'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runTypeScript } from '../tests/support/typescript-program.ts'

const PROGRAM = runTypeScript(new URL('train-in-thread.ts', import.meta.url))
const env = { ...process.env, NODE_OPTIONS: '' }
const out = mkdtempSync(join(tmpdir(), 'facekp-train-in-thread-'))
beforeAll(async () => {
  await useBackend('cpu')
})
afterAll(() => rmSync(out, { recursive: true }))

/** Runs the example; `whileTraining` is called with the first step that its server reports. */
function run(folder: string, epochs: number, whileTraining?: (step: StepReport, stop: () => void) => void) {
  const args = ['--epochs', String(epochs), '--backend', 'wasm', '--port', '0', '--out', join(out, folder)]
  const child = spawn(process.execPath, [...PROGRAM, ...args], { env })
  let output = ''
  let request: Promise<void> | undefined
  const poll = async (url: string): Promise<void> => {
    let step: StepReport | null = null
    while (!step) step = (await (await fetch(url)).json()) as StepReport | null
    whileTraining?.(step, () => child.kill('SIGINT'))
  }
  child.stdout.on('data', (data) => {
    output += data
    const [url] = /http:\S+/.exec(output) ?? []
    if (url && whileTraining) request ??= poll(url)
  })
  return new Promise<{ code: number | null; output: string }>((resolve, reject) =>
    child.on('close', (code) => (request ?? Promise.resolve()).then(() => resolve({ code, output }), reject)),
  )
}

test('the example serves its progress, stops on Ctrl-C and continues', async () => {
  const steps: StepReport[] = []
  const runInterrupted = () =>
    run('long', 1e5, (step, stop) => {
      steps.push(step)
      stop()
    })
  for (const { code, output } of [await runInterrupted(), await runInterrupted()]) {
    expect(output).toMatch(/Interrupted after \d+ steps/)
    expect(code).toBe(0)
  }
  const [first, second] = steps as [StepReport, StepReport]
  expect(first).toMatchObject({ steps: 12e5, imagesBefore: 0 })
  expect(second.imagesBefore).toBeGreaterThan(0)
})

test('the example leaves the network, its history and checkpoints', async () => {
  const { code, output } = await run('short', 1)
  expect(code).toBe(0)
  expect(output).not.toContain('Interrupted')
  const folder = join(out, 'short')
  expect(readFileSync(join(folder, 'history.jsonl'), 'utf8').trim().split('\n')).toHaveLength(1)
  expect(readdirSync(join(folder, 'checkpoints'))).toContain('step-00000012.safetensors')
  expect((await loadModel(join(folder, 'model'))).outputs[0]?.shape).toEqual([null, 2])
})
