import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FacekpError } from '@facekp/core'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { aCheckpoint } from '../../fixtures/checkpoint.ts'
import { checkpointFolder } from './checkpoint-folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-checkpoints-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const steps = (): number[] => readdirSync(folder).map((name) => Number(/\d+/.exec(name)?.[0]))
const fileOf = (step: number): string => join(folder, `step-0000000${step}.safetensors`)

describe('checkpointFolder', () => {
  test('keeps the newest and the best, and takes away what was not finished', async () => {
    const store = checkpointFolder(folder, { keep: 2 })
    writeFileSync(`${fileOf(1)}.unfinished`, 'half')
    for (const step of [1, 2, 3, 4, 5]) {
      const best = step < 2 ? undefined : { epoch: 1, step: 2, valErrorPx: 3 }
      await store.save(aCheckpoint({ step, best }))
    }
    expect(steps()).toEqual([2, 4, 5])
    expect((await store.latest())?.state.step).toBe(5)
    expect((await store.best())?.state.step).toBe(2)
    rmSync(fileOf(2))
    await expect(store.best()).rejects.toMatchObject({
      code: 'CHECKPOINT_DAMAGED',
      file: fileOf(2),
      received: 'ENOENT',
    })
  })

  test('has nothing where there is nothing', async () => {
    const store = checkpointFolder(join(folder, 'new'))
    expect(await store.latest()).toBeUndefined()
    expect(await store.best()).toBeUndefined()
    await store.save(aCheckpoint())
    expect((await store.latest())?.state).toEqual(aCheckpoint().state)
    expect(await store.best()).toBeUndefined()
  })

  test('tells of a damaged one, takes the one before it, and clears it away as the training goes on', async () => {
    const told: FacekpError[] = []
    const store = checkpointFolder(folder, { keep: 3, onDamaged: (error) => told.push(error) })
    for (const step of [1, 2, 4, 5]) await store.save(aCheckpoint({ step }))
    truncateSync(fileOf(5), 700)
    const bytes = readFileSync(fileOf(4))
    bytes[bytes.length - 1] = 1
    writeFileSync(fileOf(4), bytes)
    expect((await store.latest())?.state.step).toBe(2)
    expect(told.map(({ code, file }) => [code, file])).toEqual([
      ['CHECKPOINT_DAMAGED', fileOf(5)],
      ['CHECKPOINT_DAMAGED', fileOf(4)],
    ])
    await store.save(aCheckpoint({ step: 3 }))
    expect(steps()).toEqual([2, 3])
  })

  test('does not begin anew where all are damaged', async () => {
    const store = checkpointFolder(folder, { onDamaged: () => {} })
    await store.save(aCheckpoint({ step: 1 }))
    truncateSync(fileOf(1), 0)
    await expect(store.latest()).rejects.toMatchObject({ code: 'CHECKPOINT_DAMAGED', file: fileOf(1) })
  })

  test('says what is wrong where it cannot be written to', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(checkpointFolder(join(folder, 'file')).save(aCheckpoint())).rejects.toMatchObject({
      code: 'CHECKPOINT_NOT_WRITTEN',
    })
  })

  test.each([{ keep: 0 }, { keep: 1.5 }, { everySteps: -1 }])('%j is an error that names the option', (options) => {
    expect(() => checkpointFolder(folder, options)).toThrow(
      expect.objectContaining({
        code: 'CHECKPOINT_OPTION',
        message: expect.stringContaining(Object.keys(options)[0] as string),
      }),
    )
  })
})
