import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FacekpError } from '@facekp/core'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { createCheckpoint } from '../../fixtures/checkpoint.ts'
import { resumable } from '../../fixtures/resumable.ts'
import { train } from '../loop/train.ts'
import { checkpointFolder } from './checkpoint-folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-checkpoints-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const listSteps = (): number[] => readdirSync(folder).map((name) => Number(/\d+/.exec(name)?.[0]))
const getFile = (step: number): string => join(folder, `step-0000000${step}.safetensors`)

describe('checkpointFolder', () => {
  test('keeps the newest and the best, and removes unfinished files', async () => {
    const store = checkpointFolder(folder, { keep: 2 })
    writeFileSync(`${getFile(1)}.0b7d4a4e-5f0c-4b5e-9a55-0d0f3d9a3c11.tmp`, 'half')
    for (const step of [1, 2, 3, 4, 5]) {
      const best = step < 2 ? undefined : { epoch: 1, step: 2, valErrorPx: 3 }
      await store.save(createCheckpoint({ step, best }))
    }
    expect(listSteps()).toEqual([2, 4, 5])
    expect((await store.latest())?.state.step).toBe(5)
    expect((await store.best())?.state.step).toBe(2)
    rmSync(getFile(2))
    await expect(store.best()).rejects.toMatchObject({
      code: 'CHECKPOINT_DAMAGED',
      file: getFile(2),
      received: 'ENOENT',
    })
  })

  test('has no checkpoints in a missing folder', async () => {
    const store = checkpointFolder(join(folder, 'new'))
    expect(await store.latest()).toBeUndefined()
    expect(await store.best()).toBeUndefined()
    await store.save(createCheckpoint())
    expect((await store.latest())?.state).toEqual(createCheckpoint().state)
    expect(await store.best()).toBeUndefined()
  })

  test('reports a damaged file, takes the one before it, and removes it as training continues', async () => {
    const errors: FacekpError[] = []
    const store = checkpointFolder(folder, { keep: 3, onDamaged: (error) => errors.push(error) })
    for (const step of [1, 2, 4, 5]) await store.save(createCheckpoint({ step }))
    truncateSync(getFile(5), 700)
    const bytes = readFileSync(getFile(4))
    bytes[bytes.length - 1] = 1
    writeFileSync(getFile(4), bytes)
    expect((await store.latest())?.state.step).toBe(2)
    expect(errors.map(({ code, file }) => [code, file])).toEqual([
      ['CHECKPOINT_DAMAGED', getFile(5)],
      ['CHECKPOINT_DAMAGED', getFile(4)],
    ])
    await store.save(createCheckpoint({ step: 3 }))
    expect(listSteps()).toEqual([2, 3])
  })

  test('does not start anew if all are damaged', async () => {
    const store = checkpointFolder(folder, { onDamaged: () => {} })
    await store.save(createCheckpoint({ step: 1 }))
    truncateSync(getFile(1), 0)
    await expect(store.latest()).rejects.toMatchObject({ code: 'CHECKPOINT_DAMAGED', file: getFile(1) })
  })

  test('is locked by a training until it ends, however it ends', async () => {
    await tf.setBackend('cpu')
    const checkpoints = checkpointFolder(folder)
    const second = (): Promise<unknown> => train({ ...resumable(), epochs: 1, checkpoints: checkpointFolder(folder) })
    let error: unknown
    const onStep = async (): Promise<void> => {
      error = await second().catch((thrown: unknown) => thrown)
      throw new Error('enough')
    }
    await expect(train({ ...resumable(), checkpoints, onStep })).rejects.toThrow('enough')
    expect(error).toMatchObject({
      code: 'LOCKED',
      file: join(folder, '.train.lock'),
      problem: 'the folder of the checkpoints is in use',
      received: `program ${process.pid}`,
    })
    expect(readdirSync(folder)).toEqual([])
    await second()
    expect(readdirSync(folder)).toEqual(['step-00000006.safetensors'])
  })

  test('is not used by two programs at once, and a terminated thread does not keep it', async () => {
    const lock = join(folder, '.train.lock')
    writeFileSync(lock, JSON.stringify({ pid: process.ppid, host: hostname(), token: 'other' }))
    const checkpoints = checkpointFolder(folder)
    await expect(train({ ...resumable(), checkpoints })).rejects.toMatchObject({
      code: 'LOCKED',
      received: `program ${process.ppid}`,
    })
    expect(readdirSync(folder)).toEqual(['.train.lock'])
    writeFileSync(lock, JSON.stringify({ pid: process.pid, host: hostname(), thread: 7, token: 'other' }))
    ;(await checkpoints.lock?.())?.release()
    expect(readdirSync(folder)).toEqual([])
  })

  test('names the file that cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(checkpointFolder(join(folder, 'file')).save(createCheckpoint())).rejects.toMatchObject({
      code: 'CHECKPOINT_NOT_WRITTEN',
      file: join(folder, 'file', 'step-00000007.safetensors'),
      received: expect.stringMatching(/ENOTDIR|EEXIST/),
    })
    await expect(checkpointFolder(join(folder, 'file')).lock?.()).rejects.toMatchObject({
      code: 'CHECKPOINT_NOT_WRITTEN',
      file: join(folder, 'file'),
    })
  })

  test.each<[object, string, string | undefined, string]>([
    [{ keep: 0 }, 'keep', 'a number above 0', '0'],
    [{ keep: 1.5 }, 'keep', 'an integer', '1.5'],
    [{ everySteps: -1 }, 'everySteps', 'a number above 0', '-1'],
    [{ everystep: 1 }, 'everystep', undefined, 'an unknown name: did you mean everySteps?'],
  ])('%j is an error that names the option', (options, name, expected, received) => {
    const problem = `option ${name} of checkpointFolder`
    expect(() => checkpointFolder(folder, options)).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_OPTION', problem, expected, received }),
    )
  })
})
