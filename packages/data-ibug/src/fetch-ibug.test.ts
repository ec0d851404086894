import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { create } from 'tar'
import { serve, startServer, type TestServer } from '../../../internal/download/fixtures/server.ts'
import { faceText, listText, writePictures } from '../fixtures/lists.ts'
import { fetchIbug } from './fetch-ibug.ts'
import { readIbug } from './read-ibug.ts'

let scratch: string
let folder: string
let server: TestServer
const output: string[] = []
const stream = { isTTY: false, write: (text: string) => output.push(text) > 0 }
const fetching = () => fetchIbug({ folder, urls: [server.url], stream: stream as never, retryDelayMs: 1 })

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

/** An archive of a folder with pictures and lists, below `dataset/` as dlib's is. */
async function archive(...files: string[]): Promise<Buffer> {
  const source = join(scratch, 'source')
  await writePictures(join(source, 'dataset'), 'afw/1.jpg', 'helen/testset/2.jpg')
  writeFileSync(join(source, 'dataset', 'labels_ibug_300W_train.xml'), listText(faceText()))
  writeFileSync(
    join(source, 'dataset', 'labels_ibug_300W_test.xml'),
    listText(faceText({ file: 'helen/testset/2.jpg' })),
  )
  const file = join(scratch, 'archive.tar.gz')
  await create({ file, cwd: source, gzip: true, preservePaths: true }, files)
  return readFileSync(file)
}

test('downloads, unpacks, shows progress, and is there the next time without any net', async () => {
  server.answer = serve(await archive('dataset'))
  const found = await fetching()
  expect(found).toBe(join(folder, 'dataset'))
  const { train, test } = await readIbug(found)
  expect([(await train.get(0)).id, (await test.get(0)).id]).toEqual(['afw/1.jpg', 'helen/testset/2.jpg'])
  expect(output.join('')).toContain('iBUG 300-W')
  expect(existsSync(`${folder}.tar.gz`)).toBe(false)
  expect(await fetching()).toBe(found)
  expect(server.requests).toHaveLength(1)
})

test('takes a broken download up where it broke', async () => {
  const content = await archive('dataset')
  const partHas = async (size: number): Promise<void> => {
    while ((await stat(`${folder}.tar.gz.part`).catch(() => undefined))?.size !== size) await wait(5)
  }
  server.answer = serve(content, { etag: '"one"', breakAfter: 1000, breakWhen: partHas })
  expect((await readIbug(await fetching())).train.length).toBe(1)
  expect(server.requests[1]?.headers.range).toBe('bytes=1000-')
})

test('an archive whose paths leave the folder is refused', async () => {
  await archive('dataset')
  server.answer = serve(await archive('dataset', 'dataset/../../source/dataset/afw/1.jpg'))
  await expect(fetching()).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE_PATH' })
  expect(existsSync(folder)).toBe(false)
})

test('an archive of something else is an error', async () => {
  server.answer = serve(await archive('dataset/afw'))
  await expect(fetching()).rejects.toMatchObject({ code: 'IBUG_ARCHIVE', file: folder })
})

test('without a net the error says what to do', async () => {
  const { url } = server
  await server.close()
  await expect(fetchIbug({ folder, urls: [url], retryDelayMs: 1 })).rejects.toMatchObject({
    code: 'DOWNLOAD_UNREACHABLE',
    message: expect.stringContaining('readIbug'),
  })
})
