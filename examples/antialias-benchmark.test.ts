import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useBackend } from '@facekp/backend'
import { writeIbugFolder } from '@facekp/data-synthetic/node'
import { decodeImage } from '@facekp/image'
import { loadModel } from '@facekp/models/node'
import type { AntialiasComparison, AntialiasMeans, AntialiasTraining } from '@facekp/recipes'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { holdModel } from '../tests/support/hold-model.ts'
import { runTypeScript } from '../tests/support/typescript-program.ts'

const PROGRAM = runTypeScript(new URL('antialias-benchmark.ts', import.meta.url))

let scratch: string
let data: string
beforeAll(async () => {
  await useBackend('cpu')
  scratch = mkdtempSync(join(tmpdir(), 'facekp-antialias-'))
  data = join(scratch, 'ibug')
  await writeIbugFolder(data, { seed: 1, train: 6, test: 2, width: 96, height: 72 })
})
afterAll(() => rmSync(scratch, { recursive: true }))

/** Runs the comparison for one epoch to its end, or kills it once its output holds `stopAt`. */
function run(out: string, args: readonly string[], stopAt?: string): Promise<{ code: number | null; output: string }> {
  const common = ['--data', data, '--size', '40', '--epochs', '1', '--faces', '4', '--backend', 'onnx', '--out', out]
  const child = spawn(process.execPath, [...PROGRAM, ...common, ...args], { env: { ...process.env, NODE_OPTIONS: '' } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text
      if (stopAt && output.includes(stopAt)) child.kill('SIGKILL')
    })
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))
}

const readSummary = (out: string): AntialiasComparison => JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))

describe('the comparison of anti-aliasing', () => {
  test('killed and resumed, it ends with the same results, and repeats no finished training', async () => {
    const killed = join(scratch, 'killed')
    const complete = join(scratch, 'complete')
    const releaseModel = await holdModel(join(killed, 'pooled-antialiased-seed1', 'model'))
    expect((await run(killed, ['--seeds', '1', '--resume'], 'anti-aliased, seed 1')).code).toBeNull()
    releaseModel()
    expect(existsSync(join(killed, 'summary.json'))).toBe(false)
    const training = readFileSync(join(killed, 'pooled-plain-seed1', 'training.json'), 'utf8')

    const resumed = await run(killed, ['--seeds', '1,2', '--fine-tuned-seeds', '2', '--resume'])
    expect(resumed).toMatchObject({ code: 0, output: expect.not.stringContaining('pooled, plain, seed 1') })
    expect(readFileSync(join(killed, 'pooled-plain-seed1', 'training.json'), 'utf8')).toBe(training)
    expect(existsSync(join(killed, 'pooled-plain-seed2', 'checkpoints'))).toBe(false)

    expect(await run(complete, ['--seeds', '1'])).toMatchObject({ code: 0 })
    const readTimeless = (out: string) =>
      readSummary(out).trainings.map(({ secondsPerImage, ...rest }: AntialiasTraining) => rest)
    expect(readTimeless(killed).slice(0, 2)).toEqual(readTimeless(complete))
  })

  test('leaves plot, report, networks, and means with their spread over the seeds', async () => {
    const out = join(scratch, 'killed')
    const { trainings, means, faces, report } = readSummary(out)
    expect(faces).toEqual({ train: 4, test: 2 })
    expect(trainings.map(({ network, start, seed }) => `${network} ${start} ${seed}`)).toEqual([
      'plain random 1',
      'antialiased random 1',
      'plain random 2',
      'antialiased random 2',
      'plain plain 2',
      'antialiased plain 2',
    ])
    expect(means.map(({ network, start, seeds }) => `${network} ${start} ${seeds}`)).toEqual([
      'plain random 1,2',
      'antialiased random 1,2',
      'plain plain 2',
      'antialiased plain 2',
    ])
    for (const [i, name] of (['plain', 'antialiased'] as const).entries()) {
      const first = trainings[i]?.maePx as number
      const second = trainings[i + 2]?.maePx as number
      const { metrics } = means[i] as AntialiasMeans
      const { maePx, shiftPx, jitterPx } = metrics
      expect(maePx.mean).toBeCloseTo((first + second) / 2, 6)
      expect(maePx).toMatchObject({ low: Math.min(first, second), high: Math.max(first, second) })
      expect(shiftPx.mean).toBeGreaterThan(0)
      expect(jitterPx.mean).toBeGreaterThan(0)
      const model = await loadModel(join(out, `pooled-${name}-seed1`, 'model'))
      expect(model.layers.some((layer) => layer.getClassName() === 'BlurPool2D')).toBe(name === 'antialiased')
    }
    const page = readFileSync(report, 'utf8')
    for (const text of ['By seed', 'NME, interocular', 'pooled, anti-aliased, from plain weights', 'moved by a shift'])
      expect(page).toContain(text)
    expect((await decodeImage(readFileSync(join(out, 'plots', 'losses.png')))).width).toBeGreaterThan(500)
  })

  test('trainings with other settings are refused', async () => {
    const out = join(scratch, 'complete')
    expect(await run(out, ['--seeds', '1'])).toMatchObject({ code: 1, output: expect.stringContaining('--resume') })
    const other = await run(out, ['--size', '48', '--resume'])
    expect(other).toMatchObject({ code: 1, output: expect.stringContaining('a different size') })
  })
})
