import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createImage } from '@facekp/core'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { fixturePath } from '../fixtures/fixtures.ts'
import { readImage } from './read.ts'
import { writeImage } from './write.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facekp-image-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('a PNG is lossless with each decoder', async () => {
  const image = await readImage(fixturePath('rgb.png'))
  const path = join(folder, 'face.PNG')
  await writeImage(path, image)
  for (const decoder of ['sharp', 'builtin'] as const) expect(await readImage(path, { decoder })).toEqual(image)
})

test.each(['face.jpg', 'face.jpeg'])('%s is a JPEG', async (name) => {
  await writeImage(join(folder, name), createImage(new Uint8Array(12), 2, 2, 3))
  expect((await readFile(join(folder, name))).subarray(0, 3)).toEqual(Buffer.of(0xff, 0xd8, 0xff))
})

test.each(['face.gif', 'face'])('rejects %s', async (name) => {
  await expect(writeImage(join(folder, name), createImage(new Uint8Array(1), 1, 1, 1))).rejects.toMatchObject({
    code: 'IMAGE_EXTENSION',
    file: join(folder, name),
  })
})

test('a failed write leaves no temporary file and keeps the previous file', async () => {
  const image = createImage(new Uint8Array(1), 1, 1, 1)
  const file = join(folder, 'file')
  await writeFile(file, '')
  const inFile = join(file, 'image.png')
  await expect(writeImage(inFile, image)).rejects.toMatchObject({ code: 'IMAGE_NOT_WRITTEN', file: inFile })
  const before = join(folder, 'before.png')
  await writeFile(before, 'old')
  await expect(writeImage(before, createImage(new Float32Array(1), 1, 1, 1))).rejects.toMatchObject({
    code: 'IMAGE_NOT_BYTES',
  })
  expect(await readFile(before, 'utf8')).toBe('old')
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
})
