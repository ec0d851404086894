import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { create } from 'tar'
import { readArchive } from './read-archive.ts'

let root = ''
const at = (name: string): string => join(root, name)
/** Sizes that end within a block of the archive, at its end, and after several parts of the stream. */
const SIZES = [0, 1, 511, 512, 513, 300_000]

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-read-archive-'))
  mkdirSync(at('source/people'), { recursive: true })
  for (const size of SIZES) writeFileSync(at(`source/people/${size}.jpg`), Buffer.alloc(size, size % 251))
  symlinkSync('/etc/passwd', at('source/people/link.jpg'))
  for (const name of ['a.tar', 'a.tgz'])
    await create({ file: at(name), cwd: at('source'), gzip: name === 'a.tgz' }, ['.'])
})
afterAll(() => rmSync(root, { recursive: true }))

async function readAll(archive: string, accepts = (_name: string): boolean => true) {
  const files: { name: string; bytes: Buffer }[] = []
  for await (const file of readArchive(archive, { accepts })) files.push(file)
  return files.sort((a, b) => a.bytes.length - b.bytes.length)
}

test.each(['a.tar', 'a.tgz'])('reads the files of %s, but no links and folders', async (name) => {
  const files = await readAll(at(name))
  expect(files.map((file) => file.name)).toEqual(SIZES.map((size) => `people/${size}.jpg`))
  for (const [i, { bytes }] of files.entries()) {
    expect(bytes.equals(readFileSync(at(`source/people/${SIZES[i]}.jpg`)))).toBe(true)
  }
})

test('reads only the files that are asked for', async () => {
  const files = await readAll(at('a.tar'), (name) => name.includes('513'))
  expect(files.map(({ name }) => name)).toEqual(['people/513.jpg'])
})

test('a missing, a truncated and a damaged archive, and a file above the limit, are errors', async () => {
  await expect(readAll(at('no.tar'))).rejects.toMatchObject({ code: 'ARCHIVE_NOT_FOUND', file: at('no.tar') })
  writeFileSync(at('cut.tgz'), readFileSync(at('a.tgz')).subarray(0, 400))
  await expect(readAll(at('cut.tgz'))).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED', file: at('cut.tgz') })
  writeFileSync(at('cut.tar'), readFileSync(at('a.tar')).subarray(0, 100_000))
  await expect(readAll(at('cut.tar'))).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED', file: at('cut.tar') })
  writeFileSync(at('text.tar'), 'no archive')
  await expect(readAll(at('text.tar'))).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' })
  const reading = readArchive(at('a.tar'), { accepts: () => true, maxBytes: 1000 })
  await expect(
    (async () => {
      for await (const _ of reading);
    })(),
  ).rejects.toMatchObject({ code: 'ARCHIVE_TOO_LARGE', problem: expect.stringContaining('300000.jpg') })
})
