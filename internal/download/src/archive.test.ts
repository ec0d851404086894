import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { create, Header } from 'tar'
import { unpackArchive } from './archive.ts'

let folder: string
let archive: string
let target: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facekp-archive-'))
  archive = join(folder, 'faces.tar.gz')
  target = join(folder, 'faces')
})
afterEach(() => rm(folder, { recursive: true }))

interface Entry {
  readonly path: string
  readonly type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'FIFO' | 'NextFileHasLongPath'
  readonly linkpath?: string
  readonly content?: string
}

/** Creates an archive with these entries, also with names that `tar` itself would not write. */
function createTar(...entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, type = 'File', linkpath, content = '' }) => {
    const block = Buffer.alloc(512)
    const size = Buffer.byteLength(content)
    const fields = { path, type, size, mode: 0o644, mtime: new Date(0), ...(linkpath ? { linkpath } : {}) }
    new Header(fields).encode(block)
    return [block, Buffer.from(content), Buffer.alloc((512 - (size % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

/** Expects neither the target nor temporary files. */
async function expectNothingBehind(): Promise<void> {
  expect((await readdir(folder)).filter((name) => name !== 'faces.tar.gz')).toEqual([])
}

test.each(['faces.tar', 'faces.tgz', 'faces.tar.gz'])('%s is unpacked', async (name) => {
  const source = join(folder, 'source')
  await mkdir(join(source, 'people'), { recursive: true })
  await writeFile(join(source, 'read.me'), 'hello')
  await writeFile(join(source, 'people', '01.asf'), 'x'.repeat(100_000))
  const path = join(folder, name)
  await create({ file: path, cwd: source, gzip: name !== 'faces.tar' }, ['.'])
  await unpackArchive(path, target)
  expect((await readdir(target, { recursive: true })).sort()).toEqual(['people', join('people', '01.asf'), 'read.me'])
  expect(await readFile(join(target, 'people', '01.asf'), 'utf8')).toBe('x'.repeat(100_000))
  expect((await readdir(folder)).sort()).toEqual(['faces', name, 'source'])
})

test('an entry whose name has a NUL character is refused', async () => {
  // tar cuts a long name at the first NUL, but goes on after a line break.
  const name: Entry = { path: '././@LongLink', type: 'NextFileHasLongPath', content: 'a\0b\n\0c' }
  await writeFile(archive, createTar(name, { path: 'a', content: 'a' }))
  await expect(unpackArchive(archive, target)).rejects.toMatchObject({
    code: 'ARCHIVE_UNSAFE_PATH',
    received: 'a\n\0c',
  })
  await expectNothingBehind()
})

describe('an entry that leaves the folder', () => {
  const good: Entry = { path: 'good.txt', content: 'good' }
  test.each<[string, readonly Entry[], string]>([
    ['by ..', [{ path: '../evil.txt', content: 'evil' }], '../evil.txt'],
    ['by .. in the middle', [{ path: 'a/../../evil.txt', content: 'evil' }], 'a/../../evil.txt'],
    ['by a backslash', [{ path: '..\\evil.txt', content: 'evil' }], 'evil.txt'],
    ['as an absolute path', [{ path: '/tmp/evil.txt', content: 'evil' }], '/tmp/evil.txt'],
    ['by a drive', [{ path: 'C:/evil.txt', content: 'evil' }], 'C:/evil.txt'],
    ['by a symbolic link', [{ path: 'out', type: 'SymbolicLink', linkpath: '..' }], 'out'],
    ['by a hard link', [{ path: 'out', type: 'Link', linkpath: '../secret' }], 'out'],
    [
      'through a symbolic link',
      [
        { path: 'out', type: 'SymbolicLink', linkpath: '/tmp' },
        { path: 'out/evil.txt', content: 'evil' },
      ],
      'out',
    ],
    ['by being a pipe', [{ path: 'pipe', type: 'FIFO' }], 'pipe'],
  ])('%s is refused, and nothing is unpacked', async (_, entries, named) => {
    await writeFile(archive, gzipSync(createTar(good, ...entries, good)))
    await expect(unpackArchive(archive, target)).rejects.toMatchObject({
      code: 'ARCHIVE_UNSAFE_PATH',
      file: archive,
      received: expect.stringContaining(named),
    })
    await expectNothingBehind()
    expect(existsSync(join(folder, '..', 'evil.txt'))).toBe(false)
  })
})

test('an archive with files larger than the limit is refused', async () => {
  const entries = [
    { path: 'a', content: 'x'.repeat(600) },
    { path: 'b', content: 'x'.repeat(401) },
  ]
  await writeFile(archive, gzipSync(createTar(...entries)))
  await expect(unpackArchive(archive, target, { maxBytes: 1000 })).rejects.toMatchObject({
    code: 'ARCHIVE_TOO_LARGE',
    file: archive,
  })
  await expectNothingBehind()
  await unpackArchive(archive, target, { maxBytes: 1001 })
  expect((await readdir(target)).sort()).toEqual(['a', 'b'])
})

test('zeros after the end of an archive, as tar writes them, are passed over', async () => {
  await writeFile(archive, gzipSync(Buffer.concat([createTar({ path: 'a', content: 'a' }), Buffer.alloc(2 ** 20)])))
  await unpackArchive(archive, target)
  expect(await readdir(target)).toEqual(['a'])
})

describe('a broken archive', () => {
  const whole = createTar({ path: 'a', content: Array.from({ length: 9999 }, (_, i) => i * i).join() })
  test.each<[string, Buffer]>([
    ['packed and cut in the middle', gzipSync(whole).subarray(0, 5000)],
    ['packed and cut at its end', gzipSync(whole).subarray(0, -4)],
    ['cut in the middle', whole.subarray(0, 5000)],
    ['of 0 bytes', Buffer.alloc(0)],
    ['of zeros', gzipSync(Buffer.alloc(2 ** 26))],
    ['with many zeros after its end', gzipSync(Buffer.concat([whole, Buffer.alloc(2 ** 26)]))],
    ['of HTML', Buffer.from('<html>Not found</html>')],
    ['of long HTML', Buffer.from('<html>Not found</html>'.repeat(100))],
    ['with a changed header', Buffer.concat([Buffer.from('b'), whole.subarray(1)])],
  ])('%s is an error', async (_, bytes) => {
    await writeFile(archive, bytes)
    await expect(unpackArchive(archive, target)).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED', file: archive })
    await expectNothingBehind()
  })
})

test('a missing archive is an error', async () => {
  await expect(unpackArchive(archive, target)).rejects.toMatchObject({ code: 'ARCHIVE_NOT_FOUND', file: archive })
})

test('a folder that cannot be written is an error', async () => {
  await writeFile(archive, createTar({ path: 'a', content: 'a' }))
  await expect(unpackArchive(archive, join(archive, 'faces'))).rejects.toMatchObject({ code: 'ARCHIVE_NOT_WRITTEN' })
})

test('an existing folder is used if it is empty, else it is an error and unchanged', async () => {
  await writeFile(archive, createTar({ path: 'new', content: 'new' }))
  await mkdir(target)
  await unpackArchive(archive, target)
  expect(await readdir(target)).toEqual(['new'])
  await writeFile(join(target, 'old'), 'old')
  await expect(unpackArchive(archive, target)).rejects.toMatchObject({ code: 'ARCHIVE_TARGET', file: target })
  expect((await readdir(target)).sort()).toEqual(['new', 'old'])
  expect((await readdir(folder)).sort()).toEqual(['faces', 'faces.tar.gz'])
})
