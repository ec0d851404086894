import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runTypeScript } from '../../../../../tests/support/typescript-program.ts'
import { writeDrawnFaces } from '../../../fixtures/drawn-faces.ts'
import { runInMemory } from '../../../fixtures/run-in-memory.ts'
import { createTrainingJob } from './sweep.ts'

const PROGRAM = runTypeScript(new URL('../../bin.ts', import.meta.url))
const TINY = ['arch=heatmapNet16', 'size=32', 'cachedCrop.size=40', 'epochs=3', 'batchSize=4', 'tta.views=1']

let root = ''
const at = (...names: string[]): string => join(root, ...names)

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-sweep-'))
  await writeDrawnFaces(at('faces.json'), { seed: 1, count: 10 })
})
afterAll(() => rmSync(root, { recursive: true }))

/** Runs the command as users do: a thread needs the loader of the program. */
async function run(...args: string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const env = { ...process.env, NODE_OPTIONS: '' }
  return promisify(execFile)(process.execPath, [...PROGRAM, ...args], { env, maxBuffer: 2 ** 26 })
}

test('trains the better third to the end, the same as if it had never stopped', async () => {
  const base = ['--backend', 'wasm', '--override', ...TINY]
  const args = [
    'sweep',
    at('faces.json'),
    ...base,
    '--param',
    'lr=1e-4..1e-2:log',
    '--trials',
    '3',
    '--out',
    at('sweep'),
  ]
  const { stdout, stderr } = await run(...args, '--json')
  const { trials } = JSON.parse(stdout)
  expect(trials.map(({ epochs }: { readonly epochs: number }) => epochs)).toEqual([3, 1, 1])
  const [{ overrides, valErrorPx, errorPx, folders }] = trials
  expect(errorPx.low).toBeLessThanOrEqual(errorPx.value)
  expect(readFileSync(at('sweep', 'sweep.md'), 'utf8').split('\n')).toHaveLength(6)
  expect(existsSync(at('sweep', 'comparison', 'report.html'))).toBe(true)
  expect(existsSync(join(folders[0], 'landmarker', 'landmarker.json'))).toBe(true)
  expect(stderr).toContain(`${basename(folders[0])}: error ${valErrorPx.toFixed(2)} px after 3 epochs\n`)

  await run('train', at('faces.json'), '--out', at('whole'), ...base, ...overrides)
  const summary = JSON.parse(readFileSync(at('whole', 'summary.json'), 'utf8'))
  expect(summary.valErrorPx).toBe(valErrorPx)
}, 1_800_000)

test('each training has the options of the sweep', () => {
  const { args } = createTrainingJob(
    'faces.json',
    {
      images: 'photos',
      category: 'face',
      split: 'val',
      orientation: 'ignore',
      recipe: 'faces',
      override: ['size=32'],
      test: 'test.json',
      backend: 'wasm',
      folds: 5,
    },
    { overrides: ['batchSize=8'], seed: 2, fold: 3, untilEpoch: 4, out: '/runs/a' },
  )
  expect(args).toEqual([
    ...[resolve('faces.json'), '--images', resolve('photos'), '--category', 'face', '--split', 'val'],
    ...['--orientation', 'ignore', '--recipe', 'faces', '--test', resolve('test.json'), '--backend', 'wasm'],
    ...['--seed', '2', '--out', '/runs/a', '--until-epoch', '4', '--fold', '3/5'],
    ...['--override', 'size=32', 'batchSize=8'],
  ])
})

test('refuses wrong options before anything is trained', async () => {
  const sweep = ['sweep', at('faces.json'), '--out', at('none')]
  for (const [args, message] of [
    [['--param', 'lr=2..1'], /invalid parameter of a sweep/],
    [['--param', 'lrr=1..2'], /lrr/],
    [['--param', 'lr=1e-3,1e-2', '--executor', 'bullmq'], /option --redis/],
    [['--param', 'lr=1e-3,1e-2', '--redis', 'redis://127.0.0.1'], /option --redis\n.*--executor bullmq/],
    [['--param', 'lr=1e-3,1e-2', '--queue', 'faces'], /option --queue\n.*--executor bullmq/],
    [['--param', 'lr=1e-3,1e-2', '--folds', '1'], /option --folds/],
    [['--param', 'lr=1e-3,1e-2', '--folds', '2', '--test', at('faces.json')], /option --folds\n.*without test images/],
    [['--param', 'lr=1e-3,1e-2', '--test', at('faces.json')], /option --test\n.*other images than those to train on/],
    [[], /required option '--param/],
  ] as const) {
    const { code, stderr } = await runInMemory([...sweep, ...args])
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  }
  expect(existsSync(at('none'))).toBe(false)
})
