import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeIbugFolder } from '@facekp/data-synthetic/node'
import { decodeImage } from '@facekp/image'
import { loadModel } from '@facekp/models/node'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Comparison, Training } from './lib/antialias-results.ts'

const PROGRAM = [
  '--import',
  'tsx',
  '--conditions=@facekp/source',
  fileURLToPath(new URL('antialias-benchmark.ts', import.meta.url)),
]

let scratch: string
let data: string
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-antialias-'))
  data = join(scratch, 'ibug')
  await writeIbugFolder(data, { seed: 1, train: 12, test: 3, width: 96, height: 72 })
}, 120_000)
afterAll(() => rmSync(scratch, { recursive: true }))

/** Runs the comparison for an epoch until it ends, or is killed once `stopAt` is there; gives its exit code and what it said. */
function run(out: string, args: readonly string[], stopAt?: string): Promise<{ code: number | null; said: string }> {
  const given = ['--data', data, '--size', '40', '--epochs', '1', '--faces', '8', '--backend', 'onnx', '--out', out]
  const child = spawn(process.execPath, [...PROGRAM, ...given, ...args], { env: { ...process.env, NODE_OPTIONS: '' } })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      said += text
      if (stopAt && said.includes(stopAt)) child.kill('SIGKILL')
    })
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, said })))
}

const summaryIn = (out: string): Comparison => JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))

describe('the comparison of anti-aliasing', () => {
  test('killed and gone on with, it ends as one never broken, and repeats no training that was done', async () => {
    const [broken, unbroken] = [join(scratch, 'broken'), join(scratch, 'unbroken')]
    expect((await run(broken, ['--seeds', '1'], 'anti-aliased, seed 1')).code).toBeNull()
    expect(existsSync(join(broken, 'summary.json'))).toBe(false)
    const done = readFileSync(join(broken, 'plain-seed1', 'training.json'), 'utf8')

    const again = await run(broken, ['--seeds', '1,2', '--resume'])
    expect(again).toMatchObject({ code: 0, said: expect.not.stringContaining('plain, seed 1') })
    expect(readFileSync(join(broken, 'plain-seed1', 'training.json'), 'utf8')).toBe(done)
    expect(existsSync(join(broken, 'plain-seed2', 'checkpoints'))).toBe(false)

    expect(await run(unbroken, ['--seeds', '1,2'])).toMatchObject({ code: 0 })
    const timeless = (out: string) => summaryIn(out).trainings.map(({ secondsAnImage, ...rest }: Training) => rest)
    expect(timeless(broken)).toEqual(timeless(unbroken))
  })

  test('leaves figure, report, networks, and means with their spread over the seeds', async () => {
    const out = join(scratch, 'unbroken')
    const { trainings, networks, faces, report } = summaryIn(out)
    expect(faces).toEqual({ train: 8, test: 3 })
    expect(trainings.map(({ network, seed }) => `${network} ${seed}`)).toEqual([
      'plain 1',
      'antialiased 1',
      'plain 2',
      'antialiased 2',
    ])
    for (const name of ['plain', 'antialiased'] as const) {
      const [one, two] = trainings.filter(({ network }) => network === name).map(({ maePx }) => maePx) as [
        number,
        number,
      ]
      expect(networks[name].maePx.mean).toBeCloseTo((one + two) / 2, 6)
      expect(networks[name].maePx).toMatchObject({ low: Math.min(one, two), high: Math.max(one, two) })
      expect(networks[name].shiftPx.mean).toBeGreaterThan(0)
      const model = await loadModel(join(out, `${name}-seed1`, 'model'))
      expect(model.layers.some((layer) => layer.getClassName() === 'BlurPool2D')).toBe(name === 'antialiased')
    }
    const page = readFileSync(report, 'utf8')
    for (const text of ['By seed', 'NME, interocular', 'anti-aliased', 'moved by a shift']) expect(page).toContain(text)
    expect((await decodeImage(readFileSync(join(out, 'figures', 'losses.png')))).width).toBeGreaterThan(500)
  })

  test('trainings of other settings are not mixed with these', async () => {
    const out = join(scratch, 'unbroken')
    expect(await run(out, ['--seeds', '1'])).toMatchObject({ code: 1, said: expect.stringContaining('--resume') })
    const other = await run(out, ['--size', '48', '--resume'])
    expect(other).toMatchObject({ code: 1, said: expect.stringContaining('another size') })
  })
})
