import { execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { useBackend } from '@facekp/backend'
import { decodeImage } from '@facekp/image'
import { loadModel } from '@facekp/models/node'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runTypeScript } from '../tests/support/typescript-program.ts'
import { waitForEpoch } from './fixtures/wait-for-epoch.ts'
import { writeFewImmPeople } from './fixtures/write-few-imm-people.ts'

const PROGRAM = runTypeScript(new URL('part1-nose.ts', import.meta.url))
const env = { ...process.env, NODE_OPTIONS: '' }

let scratch: string
let data: string
beforeAll(async () => {
  await useBackend('cpu')
  scratch = mkdtempSync(join(tmpdir(), 'facekp-part1-'))
  data = join(scratch, 'imm_face_db')
  await writeFewImmPeople(data)
})
afterAll(() => rmSync(scratch, { recursive: true }))

async function run(...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...PROGRAM, ...args], { env })
    return { stdout, stderr, code: 0 }
  } catch (error) {
    return error as { stdout: string; stderr: string; code: number }
  }
}

function readSummary(out: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))
}

describe('part 1', () => {
  test('trains by the recipe of the course and leaves summary, report, plots, history and the network', async () => {
    const out = join(scratch, 'course')
    const { stdout, code } = await run(
      '--data',
      data,
      '--recipe',
      'course',
      '--epochs',
      '2',
      '--backend',
      'wasm',
      '--out',
      out,
    )
    expect(code).toBe(0)
    expect(stdout).toContain('12 training and 12 validation images')
    const summary = readSummary(out)
    expect(summary).toMatchObject({ recipe: 'course', backend: 'wasm', seed: 1, epochs: 2, interrupted: false })
    for (const name of ['seconds', 'imagesPerSecond', 'meanShapeErrorPx', 'valErrorPx']) {
      expect(summary[name]).toBeGreaterThan(0)
    }
    expect((await loadModel(join(out, 'model'))).countParams()).toBe(1_272_050)
    expect(readFileSync(summary['report'] as string, 'utf8')).toContain('</html>')
    for (const plot of ['samples', 'losses', 'training', 'faces']) {
      expect((await decodeImage(readFileSync(join(out, 'plots', `${plot}.png`)))).width).toBeGreaterThan(500)
    }
    const errors = JSON.parse(readFileSync(join(out, 'errors.json'), 'utf8'))
    expect(errors).toMatchObject({
      scheme: 'imm-nose',
      faces: expect.arrayContaining([{ id: expect.any(String), errorPx: expect.any(Number) }]),
    })
    expect(errors.faces).toHaveLength(12)
    const { config } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))
    expect(config).toMatchObject({ epochs: 2, seed: 1, loss: { kind: 'mse' } })
    const history = readFileSync(join(out, 'history.jsonl'), 'utf8').trim().split('\n')
    expect(history).toHaveLength(2)
    expect(JSON.parse(history[1] as string).valErrorPx).toBeCloseTo(summary['valErrorPx'] as number, 2)
  })

  test('trains the network that an override names', async () => {
    const out = join(scratch, 'override')
    const overrides = ['arch=heatmapNet16', 'size=32', 'cachedCrop.size=32'].flatMap((value) => ['--override', value])
    const training = ['--data', data, '--recipe', 'course', '--epochs', '1', '--backend', 'wasm', '--out', out]
    expect((await run(...training, ...overrides)).code).toBe(0)
    expect((await loadModel(join(out, 'model'))).inputs[0]?.shape).toEqual([null, 32, 32, 1])
  })

  test('the tuned recipe gives the same twice with the same seed', async () => {
    const first = join(scratch, 'first')
    const second = join(scratch, 'second')
    for (const out of [first, second]) {
      expect((await run('--data', data, '--epochs', '1', '--seed', '7', '--backend', 'wasm', '--out', out)).code).toBe(
        0,
      )
    }
    expect(readSummary(first)).toMatchObject({ recipe: 'tuned', seed: 7 })
    expect(readSummary(second)['valErrorPx']).toBe(readSummary(first)['valErrorPx'])
  })

  test('Ctrl-C stops it and keeps the weights', async () => {
    const out = join(scratch, 'interrupted')
    const child = spawn(
      process.execPath,
      [...PROGRAM, '--data', data, '--recipe', 'course', '--epochs', '1000', '--backend', 'wasm', '--out', out],
      { env, stdio: 'ignore' },
    )
    const code = new Promise((resolve) => child.on('exit', resolve))
    await waitForEpoch(child, out)
    child.kill('SIGINT')
    expect(await code).toBe(0)
    expect(readSummary(out)).toMatchObject({ interrupted: true })
    expect(readSummary(out)['epochs']).toBeLessThan(1000)
    expect((await loadModel(join(out, 'model'))).countParams()).toBe(1_272_050)
  })

  test('a missing dataset ends it with one clear message and no stack, before a run is overwritten', async () => {
    const out = join(scratch, 'old')
    mkdirSync(out)
    writeFileSync(join(out, 'summary.json'), '{}')
    const { stderr, code } = await run('--data', '/nowhere', '--backend', 'wasm', '--out', out, '--overwrite')
    expect([code, readdirSync(out)]).toEqual([1, ['summary.json']])
    expect(stderr).toMatch(/\/nowhere.*fetchImm/s)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  test('an existing run is refused before the faces are read', async () => {
    const out = join(scratch, 'existing')
    mkdirSync(out)
    writeFileSync(join(out, 'summary.json'), '{}')
    const { stderr, code } = await run('--data', '/nowhere', '--out', out)
    expect([code, stderr]).toEqual([1, expect.stringContaining('already contains a run')])
  })
})
