import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Random, randomStream } from '@facekp/core'
import { loadModel } from '@facekp/models/node'
import { checkpointFolder } from '@facekp/trainer/node'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { build } from 'esbuild'
import { readGeneration } from './content.ts'

// 100 programs are killed at random moments of writing, one after the other in the same folders: after each kill the content is whole,
// and no older than what the program had reported. The nightly run kills 1000.
const KILLS = Number(process.env['FACEKP_KILLS'] ?? 100)
const scratch = mkdtempSync(join(tmpdir(), 'facekp-kills-'))
const program = join(scratch, 'kill-program.mjs')

beforeAll(async () => {
  await tf.setBackend('cpu')
  await build({
    entryPoints: [fileURLToPath(new URL('kill-program.ts', import.meta.url))],
    outdir: scratch,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // The programs that write no networks start without TensorFlow.js.
    splitting: true,
    mainFields: ['module', 'main'],
    platform: 'node',
    format: 'esm',
    conditions: ['@facekp/source'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  })
})
afterAll(() => rmSync(scratch, { recursive: true }))

/** Reads the generation in a folder after a kill; 0 for an empty folder. Throws if the content is not whole. */
type ReadFolder = (folder: string) => Promise<number>

const readFile: ReadFolder = async (folder) => {
  const file = join(folder, 'file')
  return existsSync(file) ? readGeneration(readFileSync(file, 'utf8')) : 0
}

const FOLDERS: Readonly<Record<string, ReadFolder>> = {
  file: readFile,
  lock: readFile,
  async indexedFolder(folder) {
    const index = join(folder, 'model', 'model.json')
    if (!existsSync(index)) return 0
    const { data } = JSON.parse(readFileSync(index, 'utf8'))
    return readGeneration(readFileSync(join(folder, 'model', data), 'utf8'))
  },
  async model(folder) {
    if (!existsSync(join(folder, 'model'))) return 0
    const model = await loadModel(join(folder, 'model'))
    const [generation = 0, ...others] = model.getWeights().flatMap((weight) => [...weight.dataSync()])
    expect(others.every((value) => value === generation)).toBe(true)
    model.dispose()
    return generation
  },
  async checkpoints(folder) {
    const damaged: unknown[] = []
    const store = checkpointFolder(join(folder, 'checkpoints'), { onDamaged: (error) => damaged.push(error) })
    const latest = await store.latest()
    expect(damaged).toEqual([])
    const step = latest?.state.step ?? 0
    expect(latest?.tensors.get('weights/0')?.data.every((value) => value === step) ?? true).toBe(true)
    return step
  },
  async runFolder(folder) {
    const file = join(folder, 'run', 'history.jsonl')
    if (!existsSync(file)) return 0
    // The last line may be half; the next writer leaves it out.
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
    const epochs = lines.map((line) => JSON.parse(line).epoch)
    expect(epochs).toEqual(epochs.map((_, i) => i + 1))
    expect(JSON.parse(readFileSync(join(folder, 'run', 'settings.json'), 'utf8'))).toEqual({ a: 1 })
    return epochs.length
  },
}

/** Starts a writer, kills it at a random moment after its first generation, and returns the last generation that it reported. */
function writeUntilKilled(writer: string, folder: string, options: { first: number; random: Random }): Promise<number> {
  const child = spawn(process.execPath, [program, writer, folder, String(options.first)], {
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  let output = ''
  let errors = ''
  child.stderr.on('data', (text) => {
    errors += text
  })
  child.stdout.on('data', (text) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), options.random.uniform(0, 25))
    output += text
  })
  return new Promise((resolve, reject) =>
    child.on('close', (_, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(errors))
      else resolve(Number(output.trim().split('\n').at(-1)))
    }),
  )
}

// Of 100 kills: TensorFlow.js starts slowly.
test.each([
  ['file', 20],
  ['indexedFolder', 24],
  ['checkpoints', 18],
  ['runFolder', 18],
  ['lock', 14],
  ['model', 6],
])('%s', async (writer, share) => {
  const readFolder = FOLDERS[writer] as ReadFolder
  const folder = join(scratch, writer)
  mkdirSync(folder)
  const random = randomStream({ seed: 1, purpose: `kills of ${writer}` })
  let generation = 0
  for (let kill = 0; kill < (KILLS * share) / 100; kill++) {
    const reported = await writeUntilKilled(writer, folder, { first: generation + 1, random })
    expect(reported).toBeGreaterThan(generation)
    generation = await readFolder(folder)
    expect([reported, reported + 1]).toContain(generation)
    ageLeftovers(folder)
  }
  // The last writer has removed what the others left, except for what it left itself.
  expect(listLeftovers(folder).length).toBeLessThanOrEqual(2)
})

function listLeftovers(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith('.tmp'))
}

/** Makes temporary files and locks as old as those that a writer takes for left. */
function ageLeftovers(folder: string): void {
  const locks = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith('lock'))
  for (const name of [...listLeftovers(folder), ...locks]) utimesSync(join(folder, name), 0, 0)
}
