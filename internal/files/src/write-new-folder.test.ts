import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { recordSyncs } from '../fixtures/record-syncs.ts'
import type { NewFile } from './stage-files.ts'
import { writeNewFolder } from './write-new-folder.ts'

let root = ''
let folder = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'facekp-new-folder-'))
  folder = join(root, 'faces')
})
afterEach(async () => {
  jest.restoreAllMocks()
  await rm(root, { recursive: true })
})

async function* createFiles(error?: Error): AsyncGenerator<NewFile> {
  yield { path: 'list.xml', content: '<list/>' }
  yield { path: 'a/b/1.jpg', content: new Uint8Array([1, 2]) }
  if (error) throw error
}

test('writes all files into a new or empty folder, and leaves nothing beside it', async () => {
  for (const parent of ['', 'new/parent']) {
    const path = join(root, parent, 'faces')
    if (!parent) await mkdir(path)
    await writeNewFolder(path, createFiles(), 'CODE')
    expect(await readFile(join(path, 'list.xml'), 'utf8')).toBe('<list/>')
    expect([...(await readFile(join(path, 'a/b/1.jpg')))]).toEqual([1, 2])
  }
  expect((await readdir(root)).sort()).toEqual(['faces', 'new'])
})

test('syncs files and folders before the folder gets its name, and then the name', async () => {
  const syncs = await recordSyncs(root, () => (existsSync(folder) ? 'after' : 'before'))
  await writeNewFolder(folder, createFiles(), 'CODE')
  // The folders are the new one, a and a/b, and at the end their parent.
  const folders = ['folder before', 'folder before', 'folder before', 'folder after']
  expect(syncs).toEqual(['file before', 'file before', ...(process.platform === 'win32' ? [] : folders)])
})

test('an error on the way leaves nothing, and names the folder', async () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  await expect(writeNewFolder(folder, createFiles(full), 'CODE')).rejects.toMatchObject({
    code: 'CODE',
    file: folder,
    expected: expect.stringContaining('free space'),
  })
  expect(await readdir(root)).toEqual([])
})

test('a folder of other files is refused and stays, and so is a file', async () => {
  await mkdir(folder)
  await writeFile(join(folder, 'notes.txt'), '')
  await expect(writeNewFolder(folder, createFiles(), 'CODE')).rejects.toMatchObject({
    code: 'CODE',
    file: folder,
    expected: 'a new or empty folder',
  })
  await expect(writeNewFolder(join(folder, 'notes.txt'), createFiles(), 'CODE')).rejects.toMatchObject({
    expected: expect.stringContaining('is a file'),
  })
  expect(await readdir(root)).toEqual(['faces'])
  expect(await readdir(folder)).toEqual(['notes.txt'])
})

test('removes the folders of killed programs in which nothing changed for an hour', async () => {
  const createLeftover = async (name: string, isOld: boolean): Promise<string> => {
    const path = join(root, `${name}.0b7d4a4e-5f0c-4b5e-9a55-0d0f3d9a3c11.tmp`)
    await mkdir(join(path, 'a'), { recursive: true })
    await writeFile(join(path, 'a', '1.jpg'), '')
    if (isOld) await utimes(join(path, 'a', '1.jpg'), 0, 0)
    for (const changed of [join(path, 'a'), path]) await utimes(changed, 0, 0)
    return path
  }
  const old = await createLeftover('old', true)
  const active = await createLeftover('active', false)
  await writeNewFolder(folder, createFiles(), 'CODE')
  expect([existsSync(old), existsSync(active)]).toEqual([false, true])
})
