import { type ChildProcess, spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { IBUG_68 } from '@facekp/core'
import { parseSubmission, scoreSubmission } from '@facekp/data-ibug'
import { readIbug, sourceKeypoints } from '@facekp/data-ibug/node'
import { writeIbugFolder } from '@facekp/data-synthetic/node'
import { decodeImage } from '@facekp/image'
import { loadModel } from '@facekp/models/node'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { realData, testIf } from '../tests/support/require.ts'
import { someIbugFaces } from './fixtures/some-ibug-faces.ts'

const PROGRAM = [
  '--import',
  'tsx',
  '--conditions=@facekp/source',
  fileURLToPath(new URL('part3-ibug.ts', import.meta.url)),
]
const FEW = { train: 24, test: 6 }
const SMALL = ['--arch', 'heatmapNet16', '--size', '64', '--backend', 'onnx']
const FIGURES = ['samples', 'losses', 'faces', 'ced', 'errors']

let scratch: string
let drawn: string
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-part3-'))
  drawn = join(scratch, 'drawn')
  await writeIbugFolder(drawn, { seed: 1, ...FEW, width: 120, height: 96 })
}, 120_000)
afterAll(() => rmSync(scratch, { recursive: true }))

interface Ending {
  readonly code: number | null
  readonly errors: string
}

/** Runs the program with these options, to its end unless `meanwhile` ends it. */
function run(args: readonly string[], meanwhile?: (child: ChildProcess, errors: string) => void): Promise<Ending> {
  const env = { ...process.env, NODE_OPTIONS: '', FACEKP_DATA: scratch }
  const child = spawn(process.execPath, [...PROGRAM, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (data) => {
    errors += data
    meanwhile?.(child, errors)
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, errors })))
}

async function summaryOf(out: string, args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, errors } = await run([...SMALL, '--out', out, ...args])
  if (code !== 0) throw new Error(errors)
  return JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))
}

const epochsOf = (out: string): number[] =>
  readFileSync(join(out, 'history.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).epoch)

const figure = async (out: string, name: string) => decodeImage(readFileSync(join(out, 'figures', `${name}.png`)))

/** All that a run of one epoch leaves, and that its submission scores what its summary tells. */
async function expectWhole(data: string, out: string, summary: Record<string, unknown>): Promise<void> {
  expect(summary).toMatchObject({ recipe: 'tuned', backend: 'onnx', epochs: 1, interrupted: false, data })
  expect(Object.keys(summary['partErrorsPx'] as object)).toEqual(IBUG_68.parts.map(({ name }) => name))
  expect(readFileSync(summary['report'] as string, 'utf8')).toContain('Part 3: faces in the wild')
  expect((await loadModel(join(out, 'model'))).outputs[0]?.shape).toEqual([null, 136])
  for (const name of FIGURES) expect((await figure(out, name)).width).toBeGreaterThan(500)

  const { test: faces } = await readIbug(data)
  const found = parseSubmission(readFileSync(join(out, 'submission.csv'), 'utf8'))
  const [maePx] = summary['maePx'] as [number]
  expect(scoreSubmission(found, faces.records.map(sourceKeypoints))).toBeCloseTo(maePx, 2)
}

describe('part 3', () => {
  test('trains on drawn faces and leaves summary, submission, report, figures, the network and photographs', async () => {
    const [out, photos] = [join(scratch, 'whole'), join(scratch, 'photos')]
    mkdirSync(photos)
    const pictures = join(drawn, 'helen', 'testset')
    for (const name of readdirSync(pictures).filter((one) => one.endsWith('.jpg'))) {
      copyFileSync(join(pictures, name), join(photos, name))
    }
    const summary = await summaryOf(out, ['--data', drawn, '--epochs', '1', '--photos', photos])
    await expectWhole(drawn, out, summary)
    const centered = await figure(out, 'photographs')

    // A training that is over is not trained again: photographs, here with the box of a face, are added to it.
    const [name] = readdirSync(photos)
    writeFileSync(join(photos, 'boxes.csv'), `image,left,top,width,height\n${name},10,10,40,40\n`)
    const again = ['--data', drawn, '--epochs', '1', '--photos', photos, '--resume']
    expect((await summaryOf(out, again))['valErrorPx']).toBe(summary['valErrorPx'])
    expect(epochsOf(out)).toEqual([1])
    expect(Buffer.compare((await figure(out, 'photographs')).data as Uint8Array, centered.data as Uint8Array)).not.toBe(
      0,
    )
  }, 240_000)

  test('goes on with a run that was killed, where --resume asks for it, and else leaves it as it is', async () => {
    const out = join(scratch, 'killed')
    const args = [...SMALL, '--data', drawn, '--epochs', '3', '--out', out]
    const killed = await run(args, (child, errors) => {
      if (errors.includes('epoch 2/3')) child.kill('SIGKILL')
    })
    expect(killed.code).toBeNull()
    expect(existsSync(join(out, 'summary.json'))).toBe(false)
    const history = epochsOf(out)
    expect(history[0]).toBe(1)

    const refused = await run(args)
    expect([refused.code, refused.errors]).toEqual([1, expect.stringContaining('resume')])
    expect(epochsOf(out)).toEqual(history)

    const other = await run([...args, '--resume', '--seed', '2'])
    expect([other.code, other.errors]).toEqual([
      1,
      expect.stringContaining('another config.seed: expected 1, received 2'),
    ])
    expect(epochsOf(out)).toEqual(history)

    const summary = await summaryOf(out, ['--data', drawn, '--epochs', '3', '--resume'])
    expect(summary).toMatchObject({ epochs: 3, interrupted: false })
    expect(epochsOf(out)).toEqual([1, 2, 3])
  }, 240_000)

  test('tells what is missing before it trains', async () => {
    const none = await run([])
    expect([none.code, none.errors]).toEqual([1, expect.stringContaining('there are none')])
    const photos = await run(['--data', drawn, '--photos', join(scratch, 'nowhere')])
    expect([photos.code, photos.errors]).toEqual([1, expect.stringContaining('there is no photograph')])
    const out = join(scratch, 'no-weights')
    const weights = await run([...SMALL, '--data', drawn, '--weights', join(scratch, 'no.pth'), '--out', out])
    expect([weights.code, weights.errors]).toEqual([1, expect.stringContaining('there is no such file')])
    expect(weights.errors).not.toContain('reading')
  }, 120_000)

  const real = realData('ibug_300W_mini')
  testIf(real, 'ibug_300W_mini')(
    'trains on a few real faces and leaves the same, in pixels of the originals',
    async () => {
      const [data, out] = [join(scratch, 'real'), join(scratch, 'real-run')]
      someIbugFaces(real as string, data, FEW)
      await expectWhole(data, out, await summaryOf(out, ['--data', data, '--epochs', '1']))
    },
    240_000,
  )
})
