import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { create } from 'tar'
import { serve, startServer, type TestServer } from '../../../internal/download/fixtures/server.ts'
import { formatFace, formatList, writeImages } from '../fixtures/imglab-list.ts'
import { fetchIbug } from './fetch-ibug.ts'
import { readIbug } from './read-ibug.ts'

let scratch: string
let folder: string
let server: TestServer
const output: string[] = []
const stream = { isTTY: false, write: (text: string) => output.push(text) > 0 }
const fetchFromServer = () => fetchIbug({ folder, urls: [server.url], stream: stream as never, retryDelayMs: 1 })

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-fetch-'))
  folder = join(scratch, 'cache', 'ibug')
  output.length = 0
  server = await startServer()
})
afterEach(async () => {
  await server.close()
  rmSync(scratch, { recursive: true })
})

/** Packs a folder of images and lists, below `dataset/` as in dlib's archive. */
async function createArchive(...files: string[]): Promise<Buffer> {
  const source = join(scratch, 'source')
  await writeImages(join(source, 'dataset'), 'afw/1.jpg', 'helen/testset/2.jpg')
  writeFileSync(join(source, 'dataset', 'labels_ibug_300W_train.xml'), formatList(formatFace()))
  writeFileSync(
    join(source, 'dataset', 'labels_ibug_300W_test.xml'),
    formatList(formatFace({ file: 'helen/testset/2.jpg' })),
  )
  const file = join(scratch, 'archive.tar.gz')
  await create({ file, cwd: source, gzip: true, preservePaths: true }, files)
  return readFileSync(file)
}

test('downloads, unpacks and shows progress; the next call downloads nothing', async () => {
  server.answer = serve(await createArchive('dataset'))
  const path = await fetchFromServer()
  expect(path).toBe(join(folder, 'dataset'))
  const { train, test } = await readIbug(path)
  expect([(await train.get(0)).id, (await test.get(0)).id]).toEqual(['afw/1.jpg', 'helen/testset/2.jpg'])
  expect(output.join('')).toContain('iBUG 300-W')
  expect(existsSync(`${folder}.tar.gz`)).toBe(false)
  expect(await fetchFromServer()).toBe(path)
  expect(server.requests).toHaveLength(1)
})

test('resumes an interrupted download', async () => {
  const content = await createArchive('dataset')
  const waitForPart = async (size: number): Promise<void> => {
    while ((await stat(`${folder}.tar.gz.part`).catch(() => undefined))?.size !== size) await wait(5)
  }
  server.answer = serve(content, { etag: '"one"', breakAfter: 1000, breakWhen: waitForPart })
  expect((await readIbug(await fetchFromServer())).train.length).toBe(1)
  expect(server.requests[1]?.headers.range).toBe('bytes=1000-')
})

test('an archive whose paths leave the folder is an error', async () => {
  await createArchive('dataset')
  server.answer = serve(await createArchive('dataset', 'dataset/../../source/dataset/afw/1.jpg'))
  await expect(fetchFromServer()).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE_PATH' })
  expect(existsSync(folder)).toBe(false)
})

test('an archive without lists is an error', async () => {
  server.answer = serve(await createArchive('dataset/afw'))
  await expect(fetchFromServer()).rejects.toMatchObject({ code: 'IBUG_ARCHIVE', file: folder })
})

test('without a network, the error names the alternatives', async () => {
  const { url } = server
  await server.close()
  await expect(fetchIbug({ folder, urls: [url], retryDelayMs: 1 })).rejects.toMatchObject({
    code: 'DOWNLOAD_UNREACHABLE',
    message: expect.stringContaining('readIbug'),
  })
})
