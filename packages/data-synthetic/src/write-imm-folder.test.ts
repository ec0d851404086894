import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sample } from '@facekp/core'
import { readImm } from '@facekp/data-imm/node'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { syntheticImm } from './synthetic-imm.ts'
import { writeImmFolder } from './write-imm-folder.ts'

const SMALL = { width: 160, height: 120 }

let scratch: string
let folder: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-synthetic-'))
  folder = join(scratch, 'faces')
})
afterEach(() => rmSync(scratch, { recursive: true }))

test('readImm reads it back: the same points, nearly the same image', async () => {
  await writeImmFolder(folder, { seed: 1, people: 2, ...SMALL })
  const faces = await readImm(folder)
  const { train } = syntheticImm({ seed: 1, ...SMALL })
  expect(faces.length).toBe(12)
  for (const index of [0, 7]) {
    const read = await faces.get(index)
    const rendered = await train.get(index)
    expect(read.id).toBe(rendered.id)
    for (const [i, value] of read.keypoints.entries()) expect(value).toBeCloseTo(rendered.keypoints[i] as number, 4)
    const differences = Array.from(read.image.data, (value, i) => Math.abs(value - (rendered.image.data[i] as number)))
    expect(differences.reduce((sum, value) => sum + value) / differences.length).toBeLessThan(5)
  }
})

test('a loader, such as that of a pool, gives the same files', async () => {
  await writeImmFolder(folder, { seed: 1, people: 1, ...SMALL })
  const { train } = syntheticImm({ seed: 1, ...SMALL })
  const other = join(scratch, 'loaded')
  await writeImmFolder(other, { seed: 1, people: 1, loader: ({ index }) => train.get(index) })
  expect(readdirSync(other)).toEqual(readdirSync(folder))
  for (const name of readdirSync(folder)) {
    expect(readFileSync(join(other, name))).toEqual(readFileSync(join(folder, name)))
  }
})

test('a face that cannot be loaded is an error, and nothing is left', async () => {
  const loader = ({ index }: { index: number }): Promise<Sample> => Promise.reject(new Error(`no face ${index}`))
  await expect(writeImmFolder(folder, { seed: 1, loader })).rejects.toMatchObject({ cause: { message: 'no face 0' } })
  expect(readdirSync(scratch)).toEqual([])
})

test('faces that are wider than their images are an error, since readImm would refuse them', async () => {
  await expect(writeImmFolder(folder, { seed: 1, people: 1, width: 40, height: 120 })).rejects.toMatchObject({
    code: 'SYNTHETIC_FOLDER',
    received: 'an image of 40 x 120',
  })
  expect(existsSync(folder)).toBe(false)
})

test('a folder that is not empty is an error and stays as it was', async () => {
  mkdirSync(folder)
  writeFileSync(join(folder, 'notes.txt'), '')
  await expect(writeImmFolder(folder, { seed: 1, people: 1, ...SMALL })).rejects.toMatchObject({
    code: 'SYNTHETIC_FOLDER',
    file: folder,
  })
  expect(readdirSync(scratch)).toEqual(['faces'])
  expect(readdirSync(folder)).toEqual(['notes.txt'])
})

test('invalid and unknown options are an error, and nothing is written', async () => {
  const unknown = { seed: 1, persons: 2 }
  await expect(writeImmFolder(folder, unknown)).rejects.toMatchObject({ code: 'SYNTHETIC_OPTIONS' })
  await expect(writeImmFolder(folder, { seed: 1, people: 41 })).rejects.toMatchObject({ code: 'SYNTHETIC_OPTIONS' })
  expect(existsSync(folder)).toBe(false)
})
