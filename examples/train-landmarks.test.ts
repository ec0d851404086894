import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeIbugFolder } from '@facekp/data-synthetic/node'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runTypeScript } from '../tests/support/typescript-program.ts'

const PROGRAM = runTypeScript(new URL('train-landmarks.ts', import.meta.url))
const SMALL = ['size=64', 'cachedCrop={"size":104,"margin":0.45}', 'batchSize=8', 'loss.kind=wing']

let scratch: string
let synthetic: string
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-landmarks-'))
  synthetic = join(scratch, 'synthetic')
  await writeIbugFolder(synthetic, { seed: 1, train: 20, test: 4, width: 120, height: 96 })
})
afterAll(() => rmSync(scratch, { recursive: true }))

function run(args: readonly string[]): { code: number | null; errors: string } {
  const node = [...PROGRAM, '--recipe', 'faces-small', '--backend', 'onnx']
  const env = { ...process.env, NODE_OPTIONS: '', FACEKP_DATA: scratch }
  const { status, stderr } = spawnSync(process.execPath, [...node, ...args], { env, encoding: 'utf8' })
  return { code: status, errors: stderr }
}

/** Trains for one epoch; gives the faces that it was measured on, and its settings. */
function trainOneEpoch(out: string, args: readonly string[]): { faces: string[]; config: object } {
  const overrides = SMALL.flatMap((override) => ['--override', override])
  const { code, errors } = run(['--data', synthetic, '--epochs', '1', '--out', out, ...overrides, ...args])
  if (code !== 0) throw new Error(errors)
  const read = (file: string) => JSON.parse(readFileSync(join(out, file), 'utf8'))
  return {
    faces: read('errors.json').faces.map(({ id }: { id: string }) => id),
    config: read('run.json').config,
  }
}

describe('landmarks', () => {
  test('measures on the common part of the 300-W protocol, with overrides and a time limit', () => {
    const { faces, config } = trainOneEpoch(join(scratch, '300w'), ['--dataset', '300w', '--time-limit', '60'])
    expect(faces).toHaveLength(4)
    expect(faces.every((id) => /^(helen|lfpw)\/testset\//.test(id))).toBe(true)
    expect(config).toMatchObject({ epochs: 1, loss: { kind: 'wing' }, timeLimitSeconds: 3600 })
    const folded = readFileSync(join(scratch, '300w', 'landmarker', 'model.json'), 'utf8')
    expect(folded).not.toContain('BatchNormalization')
  })

  test('measures on a tenth of the training part with --holdout, on leveled crops', () => {
    const out = join(scratch, 'holdout')
    const { faces } = trainOneEpoch(out, ['--dataset', 'dlib', '--holdout', '--override', 'crop=leveled'])
    const landmarker = JSON.parse(readFileSync(join(out, 'landmarker', 'landmarker.json'), 'utf8'))
    expect(landmarker.predictor.crop.kind).toBe('leveled')
    expect(faces).toHaveLength(2)
    expect(faces.every((id) => !id.includes('testset'))).toBe(true)
  })

  test('an invalid override is an error that names the key', () => {
    const { code, errors } = run([
      '--data',
      synthetic,
      '--out',
      join(scratch, 'invalid'),
      '--override',
      'loss.kind=cubist',
    ])
    expect([code, errors]).toEqual([1, expect.stringContaining('loss')])
  })

  test('without the IMM Face Database the error says how to get it', () => {
    const { code, errors } = run(['--dataset', 'imm', '--data', join(scratch, 'nowhere')])
    expect([code, errors]).toEqual([1, expect.stringContaining('fetchImm()')])
  })
})
