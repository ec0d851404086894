import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { create } from 'tar'
import { writeFolder } from '../fixtures/folder.ts'
import { fetchImm } from './fetch-imm.ts'
import { readImm } from './read-imm.ts'

let scratch: string
let folder: string
let server: Server
let url: string
let answer: (range: string | undefined) => { status: number; body: Buffer; from?: number; breaks?: boolean }
let ranges: (string | undefined)[]
const output: string[] = []
const stream = { isTTY: false, write: (text: string) => output.push(text) > 0 }

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-fetch-'))
  folder = join(scratch, 'cache', 'imm_face_db')
  ranges = []
  output.length = 0
  server = createServer((request, response) => {
    ranges.push(request.headers.range)
    const { status, body, from = 0, breaks } = answer(request.headers.range)
    response.writeHead(status, {
      etag: '"one"',
      'content-length': body.length - from,
      ...(status === 206 ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {}),
    })
    if (!breaks) return response.end(body.subarray(from))
    response.write(body.subarray(from, body.length / 2), () => setTimeout(() => response.destroy(), 20))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/imm_face_db.tar.gz`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(scratch, { recursive: true })
})

const options = () => ({ folder, urls: [url], stream: stream as never, retryDelayMs: 1 })

async function archiveOf(...ids: string[]): Promise<Buffer> {
  const source = join(scratch, 'source')
  await writeFolder(join(source, 'imm_face_db'), ids)
  const file = join(scratch, 'archive.tar.gz')
  await create({ file, cwd: source, gzip: true }, ['imm_face_db'])
  return readFileSync(file)
}

test('downloads, unpacks, shows progress, and is there the next time without any net', async () => {
  const body = await archiveOf('01-1m', '33-1f')
  answer = () => ({ status: 200, body })
  const found = await fetchImm(options())
  expect((await readImm(found)).records.map(({ id }) => id)).toEqual(['01-1m', '33-1f'])
  expect(output.join('')).toContain('IMM Face Database')
  expect(existsSync(`${folder}.tar.gz`)).toBe(false)
  expect(await fetchImm(options())).toBe(found)
  expect(ranges).toHaveLength(1)
})

test('takes a broken download up where it broke', async () => {
  const body = await archiveOf('01-1m')
  answer = (range) => {
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    return from > 0 ? { status: 206, body, from } : { status: 200, body, breaks: true }
  }
  expect((await readImm(await fetchImm(options()))).length).toBe(1)
  expect(ranges[0]).toBeUndefined()
  expect(Number(ranges[1]?.slice(6, -1))).toBeGreaterThan(0)
})

test('a wrong checksum or size is an error, and nothing is unpacked', async () => {
  const body = await archiveOf('01-1m')
  answer = () => ({ status: 200, body })
  await expect(fetchImm({ ...options(), sha256: '0'.repeat(64) })).rejects.toMatchObject({ code: 'DOWNLOAD_CHECKSUM' })
  await expect(fetchImm({ ...options(), bytes: 7 })).rejects.toMatchObject({ code: 'DOWNLOAD_SIZE' })
  expect(existsSync(folder)).toBe(false)
})

test('an archive whose paths leave the folder is refused', async () => {
  await archiveOf('01-1m')
  const file = join(scratch, 'evil.tar.gz')
  await create(
    { file, cwd: join(scratch, 'source', 'imm_face_db'), gzip: true, prefix: '../../evil', preservePaths: true },
    ['01-1m.asf'],
  )
  const body = readFileSync(file)
  answer = () => ({ status: 200, body })
  await expect(fetchImm(options())).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE_PATH' })
  expect(existsSync(folder)).toBe(false)
  expect(existsSync(join(scratch, 'evil'))).toBe(false)
})

test('without a net the error says what to do', async () => {
  const closed = url
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await expect(fetchImm({ ...options(), urls: [closed] })).rejects.toMatchObject({
    code: 'DOWNLOAD_UNREACHABLE',
    message: expect.stringContaining('--data'),
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

test('an archive of something else is an error', async () => {
  await archiveOf('01-1m')
  const file = join(scratch, 'other.tar.gz')
  await create({ file, cwd: join(scratch, 'source', 'imm_face_db'), gzip: true }, ['01-1m.jpg'])
  const body = readFileSync(file)
  answer = () => ({ status: 200, body })
  await expect(fetchImm(options())).rejects.toMatchObject({ code: 'IMM_ARCHIVE' })
})
