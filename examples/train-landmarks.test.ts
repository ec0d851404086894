import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeIbugFolder } from '@facekp/data-synthetic/node'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

const PROGRAM = fileURLToPath(new URL('train-landmarks.ts', import.meta.url))
const SMALL = { size: 64, kept: { size: 104, margin: 0.45 }, batchSize: 8, loss: { kind: 'wing' } }

let scratch: string
let drawn: string
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-landmarks-'))
  drawn = join(scratch, 'drawn')
  await writeIbugFolder(drawn, { seed: 1, train: 20, test: 4, width: 120, height: 96 })
}, 120_000)
afterAll(() => rmSync(scratch, { recursive: true }))

function run(args: readonly string[]): { code: number | null; errors: string } {
  const node = ['--import', 'tsx', '--conditions=@facekp/source', PROGRAM, '--recipe', 'small', '--backend', 'onnx']
  const env = { ...process.env, NODE_OPTIONS: '', FACEKP_DATA: scratch }
  const { status, stderr } = spawnSync(process.execPath, [...node, ...args], { env, encoding: 'utf8' })
  return { code: status, errors: stderr }
}

/** The faces that a run of one epoch was measured on, and its settings. */
function measured(out: string, args: readonly string[]): { faces: string[]; loss: string } {
  const change = ['--change', JSON.stringify(SMALL)]
  const { code, errors } = run(['--data', drawn, '--epochs', '1', '--out', out, ...change, ...args])
  if (code !== 0) throw new Error(errors)
  const read = (file: string) => JSON.parse(readFileSync(join(out, file), 'utf8'))
  return {
    faces: read('errors.json').faces.map(({ id }: { id: string }) => id),
    loss: read('run.json').config.loss.kind,
  }
}

describe('landmarks', () => {
  test('measures on the common part of the 300-W protocol, with settings that were changed', () => {
    const { faces, loss } = measured(join(scratch, '300w'), ['--set', '300w'])
    expect(faces).toHaveLength(4)
    expect(faces.every((id) => /^(helen|lfpw)\/testset\//.test(id))).toBe(true)
    expect(loss).toBe('wing')
    const shipped = readFileSync(join(scratch, '300w', 'model-folded', 'model.json'), 'utf8')
    expect(shipped).not.toContain('BatchNormalization')
  }, 240_000)

  test('measures on a tenth of the training part where settings are chosen', () => {
    const { faces } = measured(join(scratch, 'validated'), ['--set', 'dlib', '--validate'])
    expect(faces).toHaveLength(2)
    expect(faces.every((id) => !id.includes('testset'))).toBe(true)
  }, 240_000)

  test.each([
    ['{', 'is no JSON'],
    ['{"speed": 1}', 'speed'],
    ['{"augmentation": {"mirrored": 2}}', 'augmentation.mirrored'],
    ['{"loss": {"kind": "cubist"}}', 'loss'],
  ])(
    'refuses the change %s',
    (change, told) => {
      const { code, errors } = run(['--data', drawn, '--out', join(scratch, 'refused'), '--change', change])
      expect([code, errors]).toEqual([1, expect.stringContaining(told)])
    },
    120_000,
  )

  test('says where faces of IMM come from where there are none', () => {
    const { code, errors } = run(['--set', 'imm', '--data', join(scratch, 'nowhere')])
    expect([code, errors]).toEqual([1, expect.stringContaining('fetchImm()')])
  }, 120_000)
})
