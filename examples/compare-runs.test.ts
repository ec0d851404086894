import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

const PROGRAM = [
  '--import',
  'tsx',
  '--conditions=@facekp/source',
  fileURLToPath(new URL('compare-runs.ts', import.meta.url)),
]

let scratch: string
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-compare-'))
  for (const [name, nme] of [
    ['one', 0.05],
    ['two', 0.04],
  ] as const) {
    const folder = join(scratch, name)
    mkdirSync(folder)
    const common = { data: 'faces', recipe: 'tuned', backend: 'wasm', seed: 1, interrupted: false }
    const figures = { seconds: 2, imagesPerSecond: 30, valErrorPx: 100 * nme, nme: [nme, nme / 2, 2 * nme] }
    const errors = { scheme: 'ibug-68', by: 'interocular', faces: [{ id: 'a', errorPx: 100 * nme, nme }] }
    writeFileSync(join(folder, 'summary.json'), JSON.stringify({ ...common, ...figures, settings: { name } }))
    writeFileSync(join(folder, 'errors.json'), JSON.stringify(errors))
    writeFileSync(join(folder, 'history.jsonl'), '{"epoch":1,"trainLoss":0.5,"learningRate":0.001}\n')
  }
})
afterAll(() => rmSync(scratch, { recursive: true }))

async function run(...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  try {
    const env = { ...process.env, NODE_OPTIONS: '' }
    return { ...(await promisify(execFile)(process.execPath, [...PROGRAM, ...args], { env })), code: 0 }
  } catch (error) {
    return error as { stdout: string; stderr: string; code: number }
  }
}

test('puts runs on one page with their figures', async () => {
  const out = join(scratch, 'out')
  const { stdout, code } = await run('--', join(scratch, 'one'), join(scratch, 'two'), '--out', out)
  expect(code).toBe(0)
  expect(stdout).toContain(`report: ${join(out, 'report.html')}`)
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('★ 4.00 %')
  expect(readdirSync(join(out, 'plots')).sort()).toEqual(['ced.png', 'losses.png', 'metrics.png', 'training.png'])
})

test.each<[string, string[], RegExp]>([
  ['no run', [], /no run is named/],
  ['a folder that is not there', ['/nowhere'], /\/nowhere\/summary\.json: cannot be read/],
  ['an unknown option', ['--fast'], /Unknown option '--fast'/],
])('%s ends it with one clear line and no stack', async (_, args, message) => {
  const { stderr, code } = await run(...args)
  expect(code).toBe(1)
  expect(stderr).toMatch(message)
  expect(stderr).not.toMatch(/\n\s+at /)
})

test('--help tells the command', async () => {
  expect((await run('--help')).stdout).toContain('pnpm compare RUN RUN')
})
