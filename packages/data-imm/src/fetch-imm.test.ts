import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { create } from 'tar'
import { serve, startServer, type TestServer } from '../../../internal/download/fixtures/server.ts'
import { writeFolder } from '../fixtures/folder.ts'
import { fetchImm } from './fetch-imm.ts'
import { readImm } from './read-imm.ts'

// What any archive must do (resume, checks, unsafe paths) is tested in @facekp/download.
let scratch: string
let folder: string
let server: TestServer
const output: string[] = []
const stream = { isTTY: false, write: (text: string) => output.push(text) > 0 }
const fetching = () => fetchImm({ folder, urls: [server.url], stream: stream as never, retryDelayMs: 1 })

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-fetch-'))
  folder = join(scratch, 'cache', 'imm_face_db')
  output.length = 0
  server = await startServer()
  await writeFolder(join(scratch, 'source', 'imm_face_db'), ['01-1m', '33-1f'])
})
afterEach(async () => {
  await server.close()
  rmSync(scratch, { recursive: true })
})

async function archive(...files: string[]): Promise<Buffer> {
  const file = join(scratch, 'archive.tar.gz')
  await create({ file, cwd: join(scratch, 'source'), gzip: true }, files)
  return readFileSync(file)
}

test('downloads, unpacks, shows progress, and is there the next time without any net', async () => {
  server.answer = serve(await archive('imm_face_db'))
  const found = await fetching()
  expect((await readImm(found)).records.map(({ id }) => id)).toEqual(['01-1m', '33-1f'])
  expect(output.join('')).toContain('IMM Face Database')
  expect(existsSync(`${folder}.tar.gz`)).toBe(false)
  expect(await fetching()).toBe(found)
  expect(server.requests).toHaveLength(1)
})

test('without a net the error says what to do', async () => {
  await server.close()
  await expect(fetching()).rejects.toMatchObject({
    code: 'DOWNLOAD_UNREACHABLE',
    message: expect.stringContaining('--data'),
  })
})

test('an archive of something else is an error', async () => {
  server.answer = serve(await archive('imm_face_db/01-1m.jpg'))
  await expect(fetching()).rejects.toMatchObject({ code: 'IMM_ARCHIVE' })
})
