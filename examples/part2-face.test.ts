import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { useBackend } from '@facekp/backend'
import { IMM_58 } from '@facekp/core'
import { decodeImage } from '@facekp/image'
import { loadModel } from '@facekp/models/node'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runTypeScript } from '../tests/support/typescript-program.ts'
import { writeFewImmPeople } from './fixtures/write-few-imm-people.ts'

const PROGRAM = runTypeScript(new URL('part2-face.ts', import.meta.url))
const env = { ...process.env, NODE_OPTIONS: '' }

let scratch: string
let data: string
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-part2-'))
  data = join(scratch, 'imm_face_db')
  await writeFewImmPeople(data)
  await useBackend('cpu')
})
afterAll(() => rmSync(scratch, { recursive: true }))

/** Trains for one epoch on backend onnx and reads the summary. */
async function run(out: string, ...args: string[]): Promise<Record<string, unknown>> {
  const options = ['--data', data, '--epochs', '1', '--backend', 'onnx', '--out', out, ...args]
  await promisify(execFile)(process.execPath, [...PROGRAM, ...options], { env })
  return JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))
}

describe('part 2', () => {
  test('trains by the recipe of the course and leaves summary, report, plots and the network', async () => {
    const out = join(scratch, 'course')
    const summary = await run(out, '--recipe', 'course')
    expect(summary).toMatchObject({ recipe: 'course', backend: 'onnx', seed: 1, epochs: 1, interrupted: false })
    expect(summary['valErrorPx']).toBeGreaterThan(0)
    const parts = summary['partErrorsPx'] as Record<string, number>
    expect(Object.keys(parts)).toEqual(IMM_58.parts.map(({ name }) => name))
    // The mean over all points is the mean over the parts, weighted by their numbers of points.
    const sum = IMM_58.parts.reduce((total, { name, indices }) => total + indices.length * (parts[name] as number), 0)
    expect(sum / 58).toBeCloseTo(summary['valErrorPx'] as number, 1)
    expect((await loadModel(join(out, 'model'))).countParams()).toBe(11_279_780)
    const landmarker = JSON.parse(readFileSync(join(out, 'landmarker', 'landmarker.json'), 'utf8'))
    expect(landmarker).toMatchObject({ scheme: { name: IMM_58.name }, metrics: { images: expect.any(Number) } })
    expect(readFileSync(summary['report'] as string, 'utf8')).toContain('mean, left brow')
    for (const plot of ['samples', 'losses', 'faces', 'errors', 'filters', 'feature-maps']) {
      expect((await decodeImage(readFileSync(join(out, 'plots', `${plot}.png`)))).width).toBeGreaterThan(500)
    }
  })

  test('the tuned recipe gives the same twice with the same seed', async () => {
    const small = ['arch=heatmapNet16', 'size={"width":64,"height":64}', 'tta.views=4']
    const args = ['--seed', '7', ...small.flatMap((override) => ['--override', override])]
    const first = await run(join(scratch, 'first'), ...args)
    expect(first).toMatchObject({ recipe: 'tuned', seed: 7 })
    expect((await run(join(scratch, 'second'), ...args))['valErrorPx']).toBe(first['valErrorPx'])
  })

  test('an existing run is refused before the faces are read', async () => {
    const out = join(scratch, 'existing')
    mkdirSync(out)
    writeFileSync(join(out, 'summary.json'), '{}')
    await expect(run(out, '--data', '/nowhere')).rejects.toMatchObject({
      stderr: expect.stringContaining('already contains a run'),
    })
  })
})
