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
import { useBackend } from '@facekp/backend'
import { IBUG_68 } from '@facekp/core'
import { parseSubmission, scoreSubmission } from '@facekp/data-ibug'
import { readIbug, sourceKeypoints } from '@facekp/data-ibug/node'
import { writeIbugFolder } from '@facekp/data-synthetic/node'
import { decodeImage } from '@facekp/image'
import { loadModel } from '@facekp/models/node'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { holdModel } from '../tests/support/hold-model.ts'
import { realData, testIf } from '../tests/support/require.ts'
import { runTypeScript } from '../tests/support/typescript-program.ts'
import { copyIbugFaces } from './fixtures/copy-ibug-faces.ts'
import { waitForEpoch } from './fixtures/wait-for-epoch.ts'

const PROGRAM = runTypeScript(new URL('part3-ibug.ts', import.meta.url))
const FEW = { train: 8, test: 4 }
const SMALL = ['--arch', 'heatmapNet16', '--size', '64', '--backend', 'onnx']
const PLOTS = ['samples', 'losses', 'faces', 'ced', 'errors']

let scratch: string
let synthetic: string
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-part3-'))
  synthetic = join(scratch, 'synthetic')
  await writeIbugFolder(synthetic, { seed: 1, ...FEW, width: 120, height: 96 })
})
afterAll(() => rmSync(scratch, { recursive: true }))

interface Outcome {
  readonly code: number | null
  readonly errors: string
}

/** Runs the program with these options, to its end unless `whileRunning` ends it. */
function run(args: readonly string[], whileRunning?: (child: ChildProcess) => void): Promise<Outcome> {
  const env = { ...process.env, NODE_OPTIONS: '', FACEKP_DATA: scratch }
  const child = spawn(process.execPath, [...PROGRAM, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (data) => {
    errors += data
  })
  whileRunning?.(child)
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, errors })))
}

async function runSummary(out: string, args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, errors } = await run([...SMALL, '--out', out, ...args])
  if (code !== 0) throw new Error(errors)
  return JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))
}

const readEpochs = (out: string): number[] =>
  readFileSync(join(out, 'history.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).epoch)

const readPlot = async (out: string, name: string) => decodeImage(readFileSync(join(out, 'plots', `${name}.png`)))

/** Expects all that a run of one epoch leaves, and that the score of its submission is the summary's. */
async function expectCompleteRun(data: string, out: string, summary: Record<string, unknown>): Promise<void> {
  expect(summary).toMatchObject({ recipe: 'tuned', backend: 'onnx', epochs: 1, interrupted: false, data })
  expect(Object.keys(summary['partErrorsPx'] as object)).toEqual(IBUG_68.parts.map(({ name }) => name))
  expect(readFileSync(summary['report'] as string, 'utf8')).toContain('Part 3: faces in the wild')
  expect((await loadModel(join(out, 'model'))).outputs[0]?.shape).toEqual([null, 136])
  for (const name of PLOTS) expect((await readPlot(out, name)).width).toBeGreaterThan(500)

  const { test: faces } = await readIbug(data)
  const predicted = parseSubmission(readFileSync(join(out, 'submission.csv'), 'utf8'))
  const { value: maePx } = summary['maePx'] as { value: number }
  expect(scoreSubmission(predicted, faces.records.map(sourceKeypoints))).toBeCloseTo(maePx, 2)
}

describe('part 3', () => {
  beforeAll(async () => {
    await useBackend('cpu')
  })

  test('trains on synthetic faces and leaves summary, submission, report, plots, the network and images', async () => {
    const out = join(scratch, 'complete')
    const images = join(scratch, 'images')
    mkdirSync(images)
    const source = join(synthetic, 'helen', 'testset')
    for (const name of readdirSync(source).filter((file) => file.endsWith('.jpg'))) {
      copyFileSync(join(source, name), join(images, name))
    }
    const limited = ['--data', synthetic, '--epochs', '1', '--images', images, '--time-limit', '60']
    const summary = await runSummary(out, limited)
    expect(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')).config.timeLimitSeconds).toBe(3600)
    await expectCompleteRun(synthetic, out, summary)
    const centered = await readPlot(out, 'images')

    // A finished training is not repeated: --resume only measures and draws again, here with the box of a face.
    const [name] = readdirSync(images)
    writeFileSync(join(images, 'boxes.csv'), `image,left,top,width,height\n${name},10,10,40,40\n`)
    const resumed = ['--data', synthetic, '--epochs', '1', '--images', images, '--resume']
    expect((await runSummary(out, resumed))['valErrorPx']).toBe(summary['valErrorPx'])
    expect(readEpochs(out)).toEqual([1])
    expect(Buffer.compare((await readPlot(out, 'images')).data as Uint8Array, centered.data as Uint8Array)).not.toBe(0)
  })

  test('continues a killed run with --resume, and otherwise leaves it as it is', async () => {
    const out = join(scratch, 'killed')
    const training = ['--data', synthetic, '--epochs', '3', '--override', 'crop=upright', '--override', 'tta.views=1']
    const args = [...SMALL, ...training, '--out', out]
    const releaseModel = await holdModel(join(out, 'model'))
    const killed = await run([...args, '--resume'], async (child) => {
      await waitForEpoch(child, out)
      child.kill('SIGKILL')
    })
    expect(killed.code).toBeNull()
    releaseModel()
    expect(existsSync(join(out, 'summary.json'))).toBe(false)
    const history = readEpochs(out)
    expect(history[0]).toBe(1)

    const refused = await run(args)
    expect([refused.code, refused.errors]).toEqual([1, expect.stringContaining('resume')])
    expect(readEpochs(out)).toEqual(history)

    const other = await run([...args, '--resume', '--seed', '2'])
    expect([other.code, other.errors]).toEqual([1, expect.stringMatching(/config\.seed: expected 1.*received 2/)])
    expect(readEpochs(out)).toEqual(history)

    const summary = await runSummary(out, [...training, '--resume'])
    expect(summary).toMatchObject({ epochs: 3, interrupted: false })
    expect(readEpochs(out)).toEqual([1, 2, 3])
  })

  test('reports what is missing before it trains', async () => {
    const missing = await run([])
    expect([missing.code, missing.errors]).toEqual([1, expect.stringContaining('fetchIbug()')])
    const images = await run(['--data', synthetic, '--images', join(scratch, 'nowhere')])
    expect([images.code, images.errors]).toEqual([1, expect.stringContaining('contains no images')])
    const out = join(scratch, 'no-weights')
    const weights = await run([...SMALL, '--data', synthetic, '--weights', join(scratch, 'no.pth'), '--out', out])
    expect([weights.code, weights.errors]).toEqual([1, expect.stringContaining('no.pth')])
    expect(weights.errors).not.toContain('reading')
  })

  const real = realData('ibug_300W_mini')
  testIf(real, 'ibug_300W_mini')(
    'trains on a few real faces and leaves the same, with errors in pixels of the original images',
    async () => {
      const data = join(scratch, 'real')
      const out = join(scratch, 'real-run')
      copyIbugFaces(real as string, data, FEW)
      await expectCompleteRun(data, out, await runSummary(out, ['--data', data, '--epochs', '1']))
    },
  )
})
