import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { checkIndexedFolder, writeIndexedFolder } from './write-indexed-folder.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'facekp-indexed-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const LAYOUT = {
  index: 'index.json',
  files: [{ name: 'data.bin' }],
  parseIndex: (index: string) => (index.startsWith('{"data"') ? [JSON.parse(index).data] : undefined),
  code: 'NOT_WRITTEN',
}

const write = (folder: string, text: string): Promise<void> =>
  writeIndexedFolder(folder, {
    ...LAYOUT,
    files: [{ name: 'data.bin', format: () => Buffer.from(text) }],
    formatIndex: ([data]) => JSON.stringify({ data }),
  })

const read = async (folder: string): Promise<string> => {
  const { data } = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'))
  return readFile(join(folder, data), 'utf8')
}

test('replaces the content, leaves nothing of the old one, and keeps other files', async () => {
  const folder = join(root, 'a', 'b')
  await checkIndexedFolder(folder, LAYOUT)
  expect(await readdir(root)).toEqual([])
  await write(folder, 'old')
  expect((await readdir(folder)).sort()).toEqual(['data.bin', 'index.json'])
  await writeFile(join(folder, 'notes.txt'), '')
  for (const text of ['new', 'newer', 'newer']) {
    await checkIndexedFolder(folder, LAYOUT)
    await write(folder, text)
    expect(await read(folder)).toBe(text)
  }
  expect((await readdir(folder)).sort()).toEqual([expect.stringMatching(/^data-/), 'index.json', 'notes.txt'])
})

test('replaces a content whose index has a byte order mark', async () => {
  await write(root, 'old')
  const file = join(root, 'index.json')
  await writeFile(file, `\uFEFF${await readFile(file, 'utf8')}`)
  await checkIndexedFolder(root, LAYOUT)
  await write(root, 'new')
  expect(await read(root)).toBe('new')
  expect(await readdir(root)).toHaveLength(2)
})

test.each([
  ['photographs', 'a.jpg'],
  ['another index', 'index.json'],
])('refuses a folder of %s and leaves it as it is', async (_, name) => {
  await writeFile(join(root, name), '[]')
  for (const attempt of [checkIndexedFolder(root, LAYOUT), write(root, 'new')]) {
    await expect(attempt).rejects.toMatchObject({ code: 'NOT_WRITTEN', file: root, received: name })
  }
  expect(await readdir(root)).toEqual([name])
  expect(await readFile(join(root, name), 'utf8')).toBe('[]')
})

test('writes into the folder of a run, and goes on after a writer that was killed before its index', async () => {
  await writeFile(join(root, 'history.jsonl'), '')
  await writeFile(join(root, 'data.bin'), 'of the killed')
  await writeFile(join(root, 'data-0123456789ab.bin'), 'of another')
  await write(root, 'new')
  expect(await read(root)).toBe('new')
  expect(await readdir(root)).not.toContain('data-0123456789ab.bin')
})

test('a failure leaves the old content', async () => {
  await write(root, 'old')
  // `new` in SHA-256 begins with 11507a0e2f5e (sha256sum).
  await mkdir(join(root, 'data-11507a0e2f5e.bin'))
  await expect(write(root, 'new')).rejects.toMatchObject({ code: 'NOT_WRITTEN' })
  expect(await read(root)).toBe('old')
  expect(await readdir(root)).toHaveLength(3)
})

test.each([
  ['', ['data.bin', 'index.json']],
  ['a/b', []],
])('a failure of the index leaves no data and no new folder: %j', async (name, left) => {
  const folder = join(root, name)
  if (left.length > 0) await write(folder, 'old')
  const formatIndex = (): string => {
    throw new Error('no index')
  }
  const files = [{ name: 'data.bin', format: () => Buffer.from('new') }]
  await expect(writeIndexedFolder(folder, { ...LAYOUT, files, formatIndex })).rejects.toMatchObject({
    code: 'NOT_WRITTEN',
    cause: { message: 'no index' },
  })
  expect((await readdir(root)).sort()).toEqual(left)
})

test('several at once: the content is one of them, whole', async () => {
  const texts = ['a', 'b', 'c', 'd']
  await Promise.all(texts.map((text) => write(root, text.repeat(1000))))
  expect(texts.map((text) => text.repeat(1000))).toContain(await read(root))
  expect(await readdir(root)).toHaveLength(2)
})

test('writes files that name those before them, and removes all of those that the new content lacks', async () => {
  const writeTwo = (text: string | undefined): Promise<void> =>
    writeIndexedFolder(root, {
      index: 'index.json',
      files: [
        { name: 'data.bin', format: text === undefined ? undefined : () => Buffer.from(text) },
        { name: 'list.txt', format: text === undefined ? undefined : (names) => Buffer.from(names.join()) },
      ],
      formatIndex: (names) => JSON.stringify(names),
      parseIndex: (index) => JSON.parse(index),
      code: 'NOT_WRITTEN',
    })
  await writeTwo('old')
  await writeTwo('new')
  const [data, list] = JSON.parse(await readFile(join(root, 'index.json'), 'utf8'))
  expect(await readFile(join(root, list), 'utf8')).toBe(data)
  expect(await readFile(join(root, data), 'utf8')).toBe('new')
  expect(await readdir(root)).toHaveLength(3)
  await writeTwo(undefined)
  expect(await readdir(root)).toEqual(['index.json'])
})
