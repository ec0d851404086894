import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { loadModel } from '@facekp/models/node'
import type { StepReport } from '@facekp/trainer'
import { afterAll, expect, test } from '@jest/globals'

const NODE = [
  '--import',
  'tsx',
  '--import',
  new URL('../scripts/tsx-in-threads.mjs', import.meta.url).href,
  '--conditions=@facekp/source',
]
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const env = { ...process.env, NODE_OPTIONS: '' }
const out = mkdtempSync(join(tmpdir(), 'facekp-train-in-thread-'))
afterAll(() => rmSync(out, { recursive: true }))

test.each(['onnx', 'wasm', 'cpu'])(
  'a training in a thread, with a pool, is that of the main thread on backend %s, bit by bit',
  async (backend) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...NODE, here('fixtures/thread-program.ts'), backend],
      { env },
    )
    const told = JSON.parse(stdout.trim().split('\n').at(-1) as string)
    expect(told.here.losses).toHaveLength(2)
    expect(told.here.weights.length).toBeGreaterThan(10)
    expect(told.there).toEqual(told.here)
  },
)

/** Runs the example; `whileTraining` is called once its server tells of a step, with what it tells. */
function run(folder: string, epochs: number, whileTraining?: (step: StepReport, stop: () => void) => void) {
  const args = ['--epochs', String(epochs), '--backend', 'wasm', '--port', '0', '--out', join(out, folder)]
  const child = spawn(process.execPath, [...NODE, here('train-in-thread.ts'), ...args], { env })
  let output = ''
  let asked: Promise<void> | undefined
  const ask = async (url: string): Promise<void> => {
    let step: StepReport | null = null
    while (!step) step = (await (await fetch(url)).json()) as StepReport | null
    whileTraining?.(step, () => child.kill('SIGINT'))
  }
  child.stdout.on('data', (data) => {
    output += data
    const [url] = /http:\S+/.exec(output) ?? []
    if (url && whileTraining) asked ??= ask(url)
  })
  return new Promise<{ code: number | null; output: string }>((resolve, reject) =>
    child.on('close', (code) => (asked ?? Promise.resolve()).then(() => resolve({ code, output }), reject)),
  )
}

test('the example answers while it trains, is ended by Ctrl-C and goes on', async () => {
  const answers: StepReport[] = []
  const interrupted = () =>
    run('long', 1e5, (step, stop) => {
      answers.push(step)
      stop()
    })
  for (const { code, output } of [await interrupted(), await interrupted()]) {
    expect(output).toMatch(/Interrupted after \d+ steps/)
    expect(code).toBe(0)
  }
  const [first, second] = answers as [StepReport, StepReport]
  expect(first).toMatchObject({ steps: 12e5, imagesBefore: 0 })
  expect(second.imagesBefore).toBeGreaterThan(0)
})

test('the example leaves the network, its history and checkpoints', async () => {
  const { code, output } = await run('short', 2)
  expect(code).toBe(0)
  expect(output).not.toContain('Interrupted')
  const folder = join(out, 'short')
  expect(readFileSync(join(folder, 'history.jsonl'), 'utf8').trim().split('\n')).toHaveLength(2)
  expect(readdirSync(join(folder, 'checkpoints'))).toContain('step-00000024.safetensors')
  expect((await loadModel(join(folder, 'model'))).outputs[0]?.shape).toEqual([null, 2])
})
