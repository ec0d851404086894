import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { create, Header } from 'tar'
import { serve, startServer, type TestServer } from '../fixtures/server.ts'
import { fetchArchive } from './fetch-archive.ts'

let server: TestServer
let scratch: string
let folder: string
const output: string[] = []
const stream = { isTTY: false, write: (text: string) => output.push(text) > 0 }
const fetching = (options = {}) =>
  fetchArchive({
    folder,
    urls: [server.url],
    label: 'faces',
    alternative: 'draw some',
    stream: stream as never,
    retryDelayMs: 1,
    ...options,
  })

beforeEach(async () => {
  server = await startServer()
  scratch = await mkdtemp(join(tmpdir(), 'facekp-fetch-'))
  folder = join(scratch, 'cache', 'faces')
  await mkdir(join(scratch, 'source'))
  await writeFile(join(scratch, 'source', 'face.txt'), 'a face')
  server.answer = serve(await archive('.'))
})
afterEach(async () => {
  await server.close()
  await rm(scratch, { recursive: true })
})

async function archive(path: string): Promise<Buffer> {
  const file = join(scratch, 'faces.tar.gz')
  await create({ file, cwd: join(scratch, 'source'), gzip: true, preservePaths: true }, [path])
  return readFile(file)
}

test('is unpacked into its folder once, and the archive is removed', async () => {
  await fetching()
  expect(await readFile(join(folder, 'face.txt'), 'utf8')).toBe('a face')
  expect(existsSync(`${folder}.tar.gz`)).toBe(false)
  expect(output.join('')).toContain('faces')
  await fetching()
  expect(server.requests).toHaveLength(1)
})

test('resumes after a broken connection', async () => {
  const partHas = async (size: number): Promise<void> => {
    while ((await stat(`${folder}.tar.gz.part`).catch(() => undefined))?.size !== size) await wait(5)
  }
  server.answer = serve(await archive('.'), { etag: '"one"', breakAfter: 100, breakWhen: partHas })
  await fetching()
  expect(server.requests[1]?.headers.range).toBe('bytes=100-')
  expect(existsSync(join(folder, 'face.txt'))).toBe(true)
})

test('is refused if a path leaves the folder', async () => {
  server.answer = serve(await archive('../source/face.txt'))
  await expect(fetching()).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE_PATH' })
  expect(existsSync(folder)).toBe(false)
})

test('a download that is no archive is removed, and the next one begins anew', async () => {
  server.answer = serve(Buffer.from('<html>Log in to this network</html>'))
  await expect(fetching()).rejects.toMatchObject({
    code: 'ARCHIVE_DAMAGED',
    problem: expect.stringContaining('it was removed'),
    expected: expect.stringContaining('draw some'),
  })
  expect([existsSync(`${folder}.tar.gz`), existsSync(`${folder}.archive.json`)]).toEqual([false, false])
  server.answer = serve(await archive('.'))
  await fetching()
  expect(await readFile(join(folder, 'face.txt'), 'utf8')).toBe('a face')
})

test('an archive that unpacks to too much names the alternative', async () => {
  const header = Buffer.alloc(512)
  new Header({ path: 'face.txt', type: 'File', size: 2 ** 34 + 1, mode: 0o644 }).encode(header)
  server.answer = serve(gzipSync(header))
  await expect(fetching()).rejects.toMatchObject({
    code: 'ARCHIVE_TOO_LARGE',
    expected: 'at most 17179869184 bytes; or draw some',
  })
  expect(existsSync(folder)).toBe(false)
})

test('a damaged archive that somebody else put there stays', async () => {
  await mkdir(join(scratch, 'cache'))
  await writeFile(`${folder}.tar.gz`, '<html>')
  await expect(fetching()).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' })
  expect([await readFile(`${folder}.tar.gz`, 'utf8'), server.requests.length]).toEqual(['<html>', 0])
})

test('is checked before it is unpacked', async () => {
  await expect(fetching({ sha256: '0'.repeat(64) })).rejects.toMatchObject({ code: 'DOWNLOAD_CHECKSUM' })
  await expect(fetching({ bytes: 7 })).rejects.toMatchObject({ code: 'DOWNLOAD_SIZE' })
  expect(existsSync(folder)).toBe(false)
})

test('without a network the error gives the alternative', async () => {
  await server.close()
  await expect(fetching()).rejects.toMatchObject({
    code: 'DOWNLOAD_UNREACHABLE',
    expected: expect.stringContaining('draw some'),
  })
})

test('a second download must be that of the first, which is noted beside the folder', async () => {
  await fetching()
  const pin = `${folder}.archive.json`
  const content = await archive('.')
  expect(JSON.parse(await readFile(pin, 'utf8'))).toEqual({
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  })
  await rm(folder, { recursive: true })
  server.answer = serve(Buffer.alloc(content.length, 7))
  await expect(fetching()).rejects.toMatchObject({ code: 'DOWNLOAD_CHECKSUM', expected: expect.stringContaining(pin) })
  server.answer = serve(content)
  await fetching()
  expect(existsSync(join(folder, 'face.txt'))).toBe(true)
})
