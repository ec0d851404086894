import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { recordSyncs } from '../fixtures/record-syncs.ts'
import type { NewFile } from './stage-files.ts'
import { writeFiles } from './write-files.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'facekp-write-files-'))
})
afterEach(async () => {
  jest.restoreAllMocks()
  await rm(root, { recursive: true })
})

const list = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort()

async function* createFiles(error?: Error): AsyncGenerator<NewFile> {
  yield { path: 'images/a/1.png', content: new Uint8Array([1, 2]) }
  yield { path: 'images/2.png', content: 'new' }
  if (error) throw error
  yield { path: 'labels.json', content: '{}' }
}

test('writes files into a new folder', async () => {
  const folder = join(root, 'a', 'b')
  await writeFiles(folder, createFiles(), 'CODE')
  expect(await list(root)).toEqual(['a/b/images/2.png', 'a/b/images/a/1.png', 'a/b/labels.json'])
  expect([...(await readFile(join(folder, 'images/a/1.png')))]).toEqual([1, 2])
})

test('adds files to a folder, and replaces those that it has', async () => {
  await mkdir(join(root, 'images'))
  for (const name of ['images/2.png', 'images/old.png', 'notes.txt']) await writeFile(join(root, name), 'old')
  await writeFiles(root, createFiles(), 'CODE')
  expect(await list(root)).toEqual(['images/2.png', 'images/a/1.png', 'images/old.png', 'labels.json', 'notes.txt'])
  expect(await readFile(join(root, 'images/2.png'), 'utf8')).toBe('new')
})

test.each(['a', 'z'])('a folder with the last file, %s, is moved last', async (folder) => {
  // A file cannot replace a folder: moving the image fails, and what comes after it is not moved.
  for (const name of [`${folder}/labels`, 'images/1.png']) await mkdir(join(root, name), { recursive: true })
  const files = (async function* () {
    yield { path: `${folder}/labels/1.txt`, content: '1' }
    yield { path: 'images/1.png', content: '2' }
    yield { path: `${folder}/labels.yaml`, content: '3' }
  })()
  await expect(writeFiles(root, files, 'CODE')).rejects.toMatchObject({ code: 'CODE' })
  expect(await list(root)).toEqual([])
})

test('an error of the files is thrown as it is, and leaves everything as it was', async () => {
  const error = new DOMException('stopped', 'AbortError')
  await expect(writeFiles(join(root, 'a', 'b'), createFiles(error), 'CODE')).rejects.toBe(error)
  expect(await readdir(root)).toEqual([])
  await mkdir(join(root, 'images'))
  await writeFile(join(root, 'images', '2.png'), 'old')
  await expect(writeFiles(root, createFiles(error), 'CODE')).rejects.toBe(error)
  expect(await list(root)).toEqual(['images/2.png'])
  expect(await readFile(join(root, 'images', '2.png'), 'utf8')).toBe('old')
})

test('no file makes no folder', async () => {
  await writeFiles(join(root, 'a'), (async function* () {})(), 'CODE')
  expect(await readdir(root)).toEqual([])
})

test('a file that cannot be written is named by its place', async () => {
  const content = 'x'
  const tooLong = (async function* () {
    yield { path: 'x'.repeat(300), content }
  })()
  await expect(writeFiles(root, tooLong, 'CODE')).rejects.toMatchObject({
    code: 'CODE',
    file: join(root, 'x'.repeat(300)),
    expected: 'a shorter name',
  })
  await writeFile(join(root, 'file'), '')
  await expect(writeFiles(join(root, 'file'), createFiles(), 'CODE')).rejects.toMatchObject({ code: 'CODE' })
  expect(await list(root)).toEqual(['file'])
})

test('syncs files and folders before they are moved, and then the names', async () => {
  const syncs = await recordSyncs(root, () => (existsSync(join(root, 'labels.json')) ? 'after' : 'before'))
  await writeFiles(root, createFiles(), 'CODE')
  // The folders are the temporary one, images and images/a, and at the end the one that they were moved to.
  const folders = ['folder before', 'folder before', 'folder before', 'folder after']
  expect(syncs).toEqual([...Array(3).fill('file before'), ...(process.platform === 'win32' ? [] : folders)])
})
