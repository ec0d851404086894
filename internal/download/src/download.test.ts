import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Serving, serve, startServer, type TestServer } from '../fixtures/server.ts'
import { downloadFile } from './download.ts'
import type { DownloadOptions } from './options.ts'

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i * 7 + i) % 251)
const OTHER = CONTENT.map((value) => 255 - value)
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

let server: TestServer
let folder: string
let file: string
beforeEach(async () => {
  server = await startServer()
  folder = await mkdtemp(join(tmpdir(), 'facekp-download-'))
  file = join(folder, 'below', 'faces.bin')
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const download = (options: Partial<DownloadOptions> = {}) =>
  downloadFile({ url: server.url, file, retryDelayMs: 0, ...options })
const ranges = () => server.requests.map(({ headers }) => headers.range)

/** Waits until the part on the disk has this size; bytes on their way may be lost when a connection breaks. */
async function partHas(size: number): Promise<void> {
  while ((await stat(`${file}.part`).catch(() => undefined))?.size !== size) await wait(5)
}

/** Downloads the first 100,000 bytes, as a program that is interrupted. */
async function downloadPart(serving: Serving = {}): Promise<void> {
  const stop = new AbortController()
  server.answer = serve(CONTENT, { ...serving, breakAfter: 100_000 })
  const stopped = expect(download({ signal: stop.signal })).rejects.toThrow('stopped')
  await partHas(100_000)
  stop.abort(new Error('stopped'))
  await stopped
  expect(Buffer.compare(await readFile(`${file}.part`), CONTENT.subarray(0, 100_000))).toBe(0)
  expect(existsSync(file)).toBe(false)
  server.requests.length = 0
}

async function expectWhole(content = CONTENT): Promise<void> {
  expect(Buffer.compare(await readFile(file), content)).toBe(0)
  expect(await readdir(dirname(file))).toEqual(['faces.bin'])
}

test('the first digits of a checksum are enough, and must be right', async () => {
  server.answer = serve(CONTENT)
  await expect(download({ sha256: sha256(OTHER).slice(0, 8) })).rejects.toMatchObject({ code: 'DOWNLOAD_CHECKSUM' })
  await download({ sha256: sha256(CONTENT).slice(0, 8) })
  await expectWhole()
})

test('a file is complete, in a new folder', async () => {
  server.answer = serve(CONTENT)
  await download({ bytes: CONTENT.length, sha256: sha256(CONTENT).toUpperCase() })
  await expectWhole()
})

test('a file of unknown length is complete', async () => {
  server.answer = serve(CONTENT, { length: false })
  await download()
  await expectWhole()
})

test('an empty file is downloaded', async () => {
  server.answer = serve(new Uint8Array())
  await download()
  await expectWhole(new Uint8Array())
})

test('a redirection is followed', async () => {
  server.answer = (request, response) => {
    if (request.url === '/faces.bin') response.writeHead(302, { location: '/elsewhere' }).end()
    else serve(CONTENT)(request, response)
  }
  await download()
  await expectWhole()
})

describe('a file that exists', () => {
  beforeEach(async () => {
    server.answer = serve(CONTENT)
    await download()
    server.requests.length = 0
  })

  test('is unchanged, without a request', async () => {
    await download({ bytes: CONTENT.length, sha256: sha256(CONTENT) })
    expect(server.requests).toHaveLength(0)
  })

  test('is downloaded again if it is not the expected one', async () => {
    server.answer = serve(OTHER)
    await download({ sha256: sha256(OTHER) })
    await expectWhole(OTHER)
  })
})

describe('a connection that breaks', () => {
  test.each<[string, Serving]>([
    ['a strong ETag', { etag: '"v1"' }],
    ['a date of last change', { etag: 'W/"weak"', lastModified: 'Mon, 01 Jan 2024 00:00:00 GMT' }],
    ['nothing to compare', {}],
  ])('is resumed (%s)', async (_, serving) => {
    server.answer = serve(CONTENT, { ...serving, breakAfter: 110_000, breakWhen: partHas })
    await download({ sha256: sha256(CONTENT) })
    await expectWhole()
    expect(ranges()).toEqual([undefined, 'bytes=110000-', 'bytes=220000-'])
    const condition = serving.lastModified ?? serving.etag
    expect(server.requests.map(({ headers }) => headers['if-range'])).toEqual([undefined, condition, condition])
  })

  test('fails after some tries without a new byte, and keeps the part', async () => {
    let count = 0
    server.answer = (request, response) => {
      count += 1
      if (count > 1) response.socket?.destroy()
      else serve(CONTENT, { breakAfter: 1000, breakWhen: partHas })(request, response)
    }
    await expect(download()).rejects.toMatchObject({ code: 'DOWNLOAD_UNREACHABLE', file: server.url })
    expect(count).toBe(4)
    expect((await readFile(`${file}.part`)).length).toBe(1000)
  })

  test('and a server that ignores ranges: the download restarts', async () => {
    let count = 0
    server.answer = (request, response) => {
      count += 1
      serve(CONTENT, count < 3 ? { ranges: false, breakAfter: 90_000, breakWhen: partHas } : { ranges: false })(
        request,
        response,
      )
    }
    await download()
    await expectWhole()
  })

  test('and a server that breaks again and again at the same place: an error', async () => {
    server.answer = serve(CONTENT, { ranges: false, breakAfter: 90_000, breakWhen: partHas })
    await expect(download()).rejects.toMatchObject({ code: 'DOWNLOAD_BROKEN', file: server.url })
    expect(server.requests).toHaveLength(4)
    expect(existsSync(file)).toBe(false)
  })
})

describe('an interrupted download', () => {
  test('is continued by the next program', async () => {
    await downloadPart({ etag: '"v1"' })
    server.answer = serve(CONTENT, { etag: '"v1"' })
    await download({ sha256: sha256(CONTENT) })
    await expectWhole()
    expect(ranges()).toEqual(['bytes=100000-'])
  })

  test('restarts if the file has changed', async () => {
    await downloadPart({ etag: '"v1"' })
    server.answer = serve(OTHER, { etag: '"v2"' })
    await download()
    await expectWhole(OTHER)
    expect(server.requests[0]?.headers['if-range']).toBe('"v1"')
  })

  test('restarts if the server reports another size', async () => {
    await downloadPart()
    server.answer = serve(OTHER.subarray(0, 200_000))
    await download()
    await expectWhole(OTHER.subarray(0, 200_000))
  })

  test('restarts if the file is shorter than the part', async () => {
    await downloadPart()
    server.answer = serve(OTHER.subarray(0, 50_000))
    await download()
    await expectWhole(OTHER.subarray(0, 50_000))
  })

  test('restarts if the source of the part is unknown', async () => {
    await downloadPart({ etag: '"v1"' })
    await writeFile(`${file}.part.json`, '{"url": 5}')
    server.answer = serve(CONTENT, { etag: '"v1"' })
    await download()
    await expectWhole()
    expect(ranges()).toEqual([undefined])
  })

  test('and was whole but not renamed, needs nothing more', async () => {
    await downloadPart({ etag: '"v1"' })
    await writeFile(`${file}.part`, CONTENT)
    await download({ sha256: sha256(CONTENT) })
    await expectWhole()
    expect(server.requests).toHaveLength(0)
  })
})

test('a signal that is already aborted prevents the request', async () => {
  await expect(download({ signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped')
  expect(server.requests).toHaveLength(0)
})

describe('a refusal', () => {
  test.each([404, 403, 410])('with status %d is reported without a retry', async (status) => {
    server.answer = (_, response) => response.writeHead(status).end('no')
    await expect(download()).rejects.toMatchObject({
      code: 'DOWNLOAD_REFUSED',
      file: server.url,
      received: expect.stringContaining(String(status)),
    })
    expect(server.requests).toHaveLength(1)
  })

  test('that is temporary is retried', async () => {
    server.answer = (request, response) => {
      if (server.requests.length < 3) response.writeHead(503).end()
      else serve(CONTENT)(request, response)
    }
    await download()
    await expectWhole()
  })

  test('that persists is reported after retries', async () => {
    server.answer = (_, response) => response.writeHead(503).end()
    await expect(download()).rejects.toMatchObject({ code: 'DOWNLOAD_REFUSED' })
    expect(server.requests).toHaveLength(4)
  })
})

test('without a server the error says what to do, at once', async () => {
  const { url } = server
  await server.close()
  await expect(downloadFile({ url, file, alternative: 'give its folder with --data' })).rejects.toMatchObject({
    code: 'DOWNLOAD_UNREACHABLE',
    file: url,
    expected: `a network connection, or download ${url} manually to ${file}, or give its folder with --data`,
  })
})

describe('an unexpected file', () => {
  test('by its checksum is an error, and removed', async () => {
    server.answer = serve(OTHER)
    await expect(download({ sha256: sha256(CONTENT) })).rejects.toMatchObject({
      code: 'DOWNLOAD_CHECKSUM',
      file: server.url,
      received: `SHA-256 ${sha256(OTHER)}`,
      expected: sha256(CONTENT),
    })
    expect(await readdir(dirname(file))).toEqual([])
  })

  test('by the size that the server reports is not started', async () => {
    server.answer = serve(CONTENT)
    await expect(download({ bytes: 12 })).rejects.toMatchObject({ code: 'DOWNLOAD_SIZE', received: '300000 bytes' })
    expect(await readdir(dirname(file))).toEqual([])
  })

  test.each([12, CONTENT.length + 1])('by the size that it turns out to have (%d wanted) is removed', async (bytes) => {
    server.answer = serve(CONTENT, { length: false })
    await expect(download({ bytes })).rejects.toMatchObject({ code: 'DOWNLOAD_SIZE', file: server.url })
    expect(await readdir(dirname(file))).toEqual([])
  })
})

describe('of several URLs', () => {
  test('the first one with the file is used', async () => {
    server.answer = (request, response) => {
      if (request.url === '/second') serve(CONTENT)(request, response)
      else response.writeHead(404).end()
    }
    const urls = ['/first', '/second', '/third'].map((path) => new URL(path, server.url).href)
    await downloadFile({ urls, file, retryDelayMs: 0 })
    await expectWhole()
    expect(server.requests.map(({ url }) => url)).toEqual(['/first', '/second'])
  })

  test('the error includes every URL', async () => {
    const urls = ['/first', '/second'].map((path) => new URL(path, server.url).href)
    const error = await downloadFile({ urls, file }).catch((e) => e)
    expect(error.code).toBe('DOWNLOAD_REFUSED')
    for (const url of urls) expect(error.message).toContain(url)
  })

  test('a part of one is not continued by another', async () => {
    await downloadPart({ etag: '"v1"' })
    server.answer = serve(OTHER, { etag: '"v1"' })
    await download({ url: new URL('/mirror', server.url).href })
    await expectWhole(OTHER)
    expect(ranges()).toEqual([undefined])
  })
})

test.each([
  ['is a folder', () => folder],
  ['lies below a file', () => join(folder, 'a-file', 'faces.bin')],
])('a place that %s is an error', async (_, place) => {
  await writeFile(join(folder, 'a-file'), '')
  server.answer = serve(CONTENT)
  await expect(download({ file: place() })).rejects.toMatchObject({ code: 'DOWNLOAD_NOT_WRITTEN', file: place() })
  expect(server.requests).toHaveLength(0)
})

test('progress is shown, from where the download goes on', async () => {
  await downloadPart({ etag: '"v1"' })
  server.answer = serve(CONTENT, { etag: '"v1"' })
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 100 })
  await download({ progress: { label: 'faces', stream } })
  const output = String(stream.read())
  expect(output).toMatch(/^[^\d]*faces .*33 % {2}0\.1\/0\.3 MB/)
  expect(output).toMatch(/faces .*100 % {2}0\.3\/0\.3 MB .* in \d+:\d\d/)
})

test.each<Partial<DownloadOptions>>([
  { url: 'ftp://example.org/faces' },
  { url: 'faces.tar.gz' },
  { urls: ['http://example.org'] },
  { sha256: 'abc' },
  { bytes: -1 },
  { file: '' },
])('%j is an error', async (options) => {
  await expect(download(options)).rejects.toMatchObject({ code: 'DOWNLOAD_OPTIONS' })
})

test('a redirect into the local network is not followed', async () => {
  server.answer = (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end()
  await expect(download()).rejects.toMatchObject({ code: 'DOWNLOAD_REDIRECT' })
  expect(server.requests).toHaveLength(1)
})

test.each([true, false])(
  'a file that is too large is not stored, with its length in the header: %s',
  async (length) => {
    server.answer = serve(CONTENT, { length })
    await expect(download({ maxBytes: 1000 })).rejects.toMatchObject({
      code: 'DOWNLOAD_SIZE',
      expected: 'at most 1000',
    })
    expect(await readdir(dirname(file))).toEqual([])
  },
)

test('a link in place of the part is replaced, not followed', async () => {
  const victim = join(folder, 'victim')
  await mkdir(dirname(file))
  await writeFile(victim, 'keep')
  for (const name of ['.part', '.part.json.tmp']) await symlink(victim, `${file}${name}`)
  server.answer = serve(CONTENT)
  await download()
  await expectWhole()
  expect(await readFile(victim, 'utf8')).toBe('keep')
})
