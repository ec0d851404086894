import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { create } from 'tar'
import { serve, startServer, type TestServer } from '../../../internal/download/fixtures/server.ts'
import { writeImmFaces } from '../fixtures/imm-folder.ts'
import { fetchImm } from './fetch-imm.ts'
import { readImm } from './read-imm.ts'

// Resuming, checks and unsafe paths are tested in @facekp/download.
let scratch: string
let folder: string
let server: TestServer
const output: string[] = []
const stream = { isTTY: false, write: (text: string) => output.push(text) > 0 }
const fetchFromServer = () => fetchImm({ folder, urls: [server.url], stream: stream as never, retryDelayMs: 1 })

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-fetch-'))
  folder = join(scratch, 'cache', 'imm_face_db')
  output.length = 0
  server = await startServer()
  await writeImmFaces(join(scratch, 'source', 'imm_face_db'), ['01-1m', '33-1f'])
})
afterEach(async () => {
  await server.close()
  rmSync(scratch, { recursive: true })
})

async function createArchive(...files: string[]): Promise<Buffer> {
  const file = join(scratch, 'archive.tar.gz')
  await create({ file, cwd: join(scratch, 'source'), gzip: true }, files)
  return readFileSync(file)
}

test('downloads, unpacks and shows progress; the next call downloads nothing', async () => {
  server.answer = serve(await createArchive('imm_face_db'))
  const path = await fetchFromServer()
  expect((await readImm(path)).records.map(({ id }) => id)).toEqual(['01-1m', '33-1f'])
  expect(output.join('')).toContain('IMM Face Database')
  expect(existsSync(`${folder}.tar.gz`)).toBe(false)
  expect(await fetchFromServer()).toBe(path)
  expect(server.requests).toHaveLength(1)
})

test('passes over what macOS adds to an archive', async () => {
  const companions = join(scratch, 'source', '__MACOSX', 'imm_face_db')
  mkdirSync(companions, { recursive: true })
  writeFileSync(join(companions, '._01-1m.asf'), 'AppleDouble')
  server.answer = serve(await createArchive('__MACOSX', 'imm_face_db'))
  expect((await readImm(await fetchFromServer())).length).toBe(2)
})

test('without a network, the error names the alternatives', async () => {
  await server.close()
  await expect(fetchFromServer()).rejects.toMatchObject({
    code: 'DOWNLOAD_UNREACHABLE',
    message: expect.stringContaining('--data'),
  })
})

test('an archive without .asf files is an error', async () => {
  server.answer = serve(await createArchive('imm_face_db/01-1m.jpg'))
  await expect(fetchFromServer()).rejects.toMatchObject({ code: 'IMM_ARCHIVE' })
})
