import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { recordSyncs } from '../fixtures/record-syncs.ts'
import { isTemporaryFile } from './leftovers.ts'
import { writeFileAtomic } from './write-file-atomic.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facekp-files-'))
})
afterEach(async () => {
  jest.restoreAllMocks()
  await rm(folder, { recursive: true, force: true })
})

test('makes the folder, writes the file and leaves nothing beside it', async () => {
  const path = join(folder, 'a', 'b', 'run.json')
  await writeFileAtomic(path, '{}')
  expect(await readFile(path, 'utf8')).toBe('{}')
  expect(await readdir(join(folder, 'a', 'b'))).toEqual(['run.json'])
})

test('replaces a file', async () => {
  const path = join(folder, 'weights')
  await writeFile(path, 'longer than the new one')
  await writeFileAtomic(path, new Uint8Array([1, 2]))
  expect([...(await readFile(path))]).toEqual([1, 2])
})

test('replaces the file that a link leads to, and keeps the link', async () => {
  const [path, link] = [join(folder, 'elsewhere', 'file'), join(folder, 'link')]
  await mkdir(join(folder, 'elsewhere'))
  await writeFile(path, 'old')
  await symlink(path, link)
  await writeFileAtomic(link, 'new')
  expect([await readFile(path, 'utf8'), await readlink(link)]).toEqual(['new', path])
})

test('syncs the new content before it takes the place of the old one, and then the name', async () => {
  const path = join(folder, 'weights')
  await writeFile(path, 'old')
  const syncs = await recordSyncs(folder, () => readFileSync(path, 'utf8'))
  await writeFileAtomic(path, 'new')
  expect(syncs).toEqual(['file old', ...(process.platform === 'win32' ? [] : ['folder new'])])
})

test('many at once: the file is one of them, whole', async () => {
  const path = join(folder, 'file')
  const contents = Array.from({ length: 8 }, (_, i) => String(i).repeat(10_000))
  await Promise.all(contents.map((content) => writeFileAtomic(path, content)))
  expect(contents).toContain(await readFile(path, 'utf8'))
  expect(await readdir(folder)).toEqual(['file'])
})

test('a failure names the file, and removes what was written', async () => {
  const path = join(folder, 'occupied')
  await mkdir(join(path, 'inside'), { recursive: true })
  await expect(writeFileAtomic(path, 'data', 'NOT_WRITTEN')).rejects.toMatchObject({ code: 'NOT_WRITTEN', file: path })
  await expect(writeFileAtomic(path, 'data')).rejects.toMatchObject({ cause: { syscall: 'rename' } })
  expect(await readdir(folder)).toEqual(['occupied'])
})

test('recognizes what an interrupted write leaves', () => {
  expect(isTemporaryFile('run.json.0b7d4a4e-5f0c-4b5e-9a55-0d0f3d9a3c11.tmp')).toBe(true)
  expect(isTemporaryFile('run.json')).toBe(false)
  expect(isTemporaryFile('notes.tmp')).toBe(false)
})

test('removes what killed programs left an hour ago, and no other file', async () => {
  const id = '0b7d4a4e-5f0c-4b5e-9a55-0d0f3d9a3c11'
  for (const name of [`old.${id}.tmp`, `young.${id}.tmp`, 'mine.tmp']) await writeFile(join(folder, name), '')
  for (const name of [`old.${id}.tmp`, 'mine.tmp']) await utimes(join(folder, name), 0, 0)
  await writeFileAtomic(join(folder, 'a'), '')
  expect((await readdir(folder)).sort()).toEqual(['a', 'mine.tmp', `young.${id}.tmp`])
})

test.each([
  ['file/a', 'parents are folders'],
  ['link/a', 'link to nothing'],
  ['x\0y', 'without NUL'],
  ['x'.repeat(300), 'a shorter name'],
])('%j: the error names the fix', async (name, expected) => {
  await writeFile(join(folder, 'file'), '')
  await symlink(join(folder, 'gone', 'gone'), join(folder, 'link'))
  const path = `${folder}/${name}`
  await expect(writeFileAtomic(path, '')).rejects.toMatchObject({
    code: 'FILE_NOT_WRITTEN',
    file: path,
    expected: expect.stringContaining(expected),
  })
})
