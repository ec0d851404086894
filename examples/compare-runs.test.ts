import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runTypeScript } from '../tests/support/typescript-program.ts'

const PROGRAM = runTypeScript(new URL('compare-runs.ts', import.meta.url))

let scratch: string
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-compare-'))
  for (const [name, nme] of [
    ['first', 0.05],
    ['second', 0.04],
  ] as const) {
    const folder = join(scratch, name)
    mkdirSync(folder)
    const paths = { model: 'model/model.json', report: 'report.html' }
    const common = {
      title: 'Part 3',
      data: 'faces',
      ...paths,
      recipe: 'tuned',
      backend: 'wasm',
      seed: 1,
      interrupted: false,
    }
    const metrics = { epochs: 1, seconds: 2, imagesPerSecond: 30, meanShapeErrorPx: 20, valErrorPx: 100 * nme }
    const interval = { value: nme, low: nme / 2, high: 2 * nme }
    const errors = { scheme: 'ibug-68', normalization: 'interocular', faces: [{ id: 'a', errorPx: 100 * nme, nme }] }
    writeFileSync(
      join(folder, 'summary.json'),
      JSON.stringify({ ...common, ...metrics, nme: interval, settings: { name } }),
    )
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

test('compares runs on one page with their metrics', async () => {
  const out = join(scratch, 'out')
  const { stdout, code } = await run('--', join(scratch, 'first'), join(scratch, 'second'), '--out', out)
  expect(code).toBe(0)
  expect(stdout).toContain(`report: ${join(out, 'report.html')}`)
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('★ 4.00 %')
  expect(readdirSync(join(out, 'plots')).sort()).toEqual(['ced.png', 'losses.png', 'metrics.png', 'training.png'])
})

test('a missing folder ends it with one clear message and no stack', async () => {
  const { stderr, code } = await run('/nowhere')
  expect(code).toBe(1)
  expect(stderr).toMatch(/\/nowhere\/summary\.json/)
  expect(stderr).not.toMatch(/\n\s+at /)
})
