import { mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { FacekpError, isFacekpError } from '@facekp/core'
import { type Progress, startProgress } from '@facekp/progress'
import { checkFile, checkSize } from './check.ts'
import { checkDownloadOptions, type DownloadOptions } from './options.ts'
import { type Origin, type Part, partOf } from './part.ts'

/**
 * Downloads a file, going on where an earlier try ended, and checks it. It is streamed to `file.part`, which becomes
 * `file` once it is whole and has the size and checksum told: a file of that name is never a half one. A file that is
 * there already and passes the same checks is left as it is, without the net.
 *
 * A part is only continued if the server confirms (`If-Range`) that its file is still the same; where it has changed, or
 * the server knows no ranges, the download begins anew. A broken connection is taken up again up to four times in a row
 * without a new byte.
 *
 * @throws FacekpError `DOWNLOAD_UNREACHABLE` (no net; the message says what to do), `DOWNLOAD_REFUSED` (404 and the like),
 *   `DOWNLOAD_BROKEN` (the connection breaks again and again; the part is kept), `DOWNLOAD_SIZE`, `DOWNLOAD_CHECKSUM`
 *   (the damaged file is removed), `DOWNLOAD_NOT_WRITTEN` (a full disk, say), `DOWNLOAD_OPTIONS`; of several addresses
 *   the last one's error, telling of all. The signal's reason once it is aborted.
 * @example
 * ```ts
 * await downloadFile({
 *   url: 'https://example.org/faces.tar.gz',
 *   file: join(cacheFolder('faces'), 'faces.tar.gz'),
 *   sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
 *   progress: { label: 'faces.tar.gz' },
 * })
 * ```
 */
export async function downloadFile(options: DownloadOptions): Promise<void> {
  const urls = checkDownloadOptions(options)
  options.signal?.throwIfAborted()
  try {
    if (await isThere(options)) return
    await mkdir(dirname(options.file), { recursive: true })
    await downloadFromAny(urls, options)
  } catch (error) {
    throw isFileSystemError(error) ? notWritten(options.file, error) : error
  }
}

async function downloadFromAny(urls: readonly string[], options: DownloadOptions): Promise<void> {
  const { file, signal } = options
  const failures: FacekpError[] = []
  for (const url of urls) {
    try {
      return await downloadFrom(url, options)
    } catch (error) {
      signal?.throwIfAborted()
      if (!isFacekpError(error)) throw error
      failures.push(error)
    }
  }
  const last = failures.at(-1) as FacekpError
  if (failures.length === 1) throw last
  throw new FacekpError({
    code: last.code,
    problem: `none of the ${urls.length} addresses gave ${file}`,
    received: failures.map(({ message }) => message).join(' | '),
    cause: new AggregateError(failures),
  })
}

async function isThere({ file, bytes, sha256 }: DownloadOptions): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  if (!found) return false
  if (!found.isFile()) throw notWritten(file, new Error('something that is no file has this name'))
  try {
    await checkFile(file, { bytes, sha256 }, file)
    return true
  } catch (error) {
    if (isFacekpError(error)) return false
    throw error
  }
}

function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === 'object' && error !== null && 'syscall' in error
}

function notWritten(file: string, cause: Error): FacekpError {
  return new FacekpError({
    code: 'DOWNLOAD_NOT_WRITTEN',
    problem: 'the file cannot be written',
    file,
    received: cause.message,
    cause,
  })
}

/** How often in a row a connection may break, or a server fail, without a new byte. */
const MAX_FAILURES = 4

async function downloadFrom(url: string, options: DownloadOptions): Promise<void> {
  const { file, bytes, sha256, signal, retryDelayMs = 1000 } = options
  const part = partOf(file)
  const meter = progressMeter(options)
  let furthest = await part.size()
  try {
    for (let failures = 0; ; ) {
      try {
        const total = await continuePart(url, part, options, meter)
        await checkWhole(part, { bytes: bytes ?? total, sha256 }, url)
        return await part.complete()
      } catch (error) {
        signal?.throwIfAborted()
        const size = await part.size()
        failures = size > furthest ? 1 : failures + 1
        furthest = Math.max(furthest, size)
        if (!(error instanceof Passing)) throw error
        if (failures >= MAX_FAILURES || (error.offline && failures === 1)) throw error.error
        await wait(retryDelayMs * 2 ** (failures - 1), undefined, signal && { signal })
      }
    }
  } finally {
    meter.end()
  }
}

/** Asks for what is lacking and appends it. Returns the whole file's size where the server tells it. */
async function continuePart(
  url: string,
  part: Part,
  options: DownloadOptions,
  meter: Meter,
): Promise<number | undefined> {
  const known = await part.origin()
  const size = await part.size()
  const origin = known?.url === url && size > 0 ? known : undefined
  if (origin && origin.total === size) return size
  const response = await request(url, origin ? size : 0, origin?.validator, options)
  if (response.status === 416 || (origin && response.status === 206 && !continues(response, origin, size))) {
    await response.body?.cancel()
    await part.remove()
    throw new Passing(broken(url, `a part that does not fit: ${response.headers.get('content-range')}`))
  }
  const offset = origin && response.status === 206 ? size : 0
  const total = offset > 0 ? origin?.total : totalOf(response)
  if (total !== undefined && options.bytes !== undefined) {
    if (total !== options.bytes) await response.body?.cancel()
    checkSize(total, options.bytes, url)
  }
  if (offset === 0) await part.begin({ url, validator: validatorOf(response), total })
  await append(response, part, offset, total ?? options.bytes, url, meter)
  return total
}

/** Gets the answer's head. A server that fails for now, or cannot be reached, is worth another try; a refusal is not. */
async function request(
  url: string,
  offset: number,
  validator: string | undefined,
  { file, signal, alternative }: DownloadOptions,
): Promise<Response> {
  const headers = {
    // The bytes as they are: a packed transfer could not be continued.
    'accept-encoding': 'identity',
    ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
    ...(offset > 0 && validator !== undefined ? { 'if-range': validator } : {}),
  }
  let response: Response
  try {
    response = await fetch(url, { headers, ...(signal ? { signal } : {}) })
  } catch (error) {
    const { message, code } = rootOf(error)
    const unreachable = new FacekpError({
      code: 'DOWNLOAD_UNREACHABLE',
      problem: 'the server cannot be reached',
      file: url,
      received: message,
      expected: [`a connection to the net; or download ${url} by hand and put it at ${file}`, alternative]
        .filter((way) => way !== undefined)
        .join(', or '),
      cause: error,
    })
    throw new Passing(unreachable, OFFLINE.has(code))
  }
  if (response.ok || response.status === 416) return response
  await response.body?.cancel()
  const refused = new FacekpError({
    code: 'DOWNLOAD_REFUSED',
    problem: 'the server does not give the file',
    file: url,
    received: `status ${response.status} ${response.statusText}`.trim(),
    expected: [`200; or download it elsewhere by hand and put it at ${file}`, alternative]
      .filter((way) => way !== undefined)
      .join(', or '),
  })
  if (response.status >= 500 || response.status === 408 || response.status === 429) throw new Passing(refused)
  throw refused
}

async function append(
  response: Response,
  part: Part,
  offset: number,
  limit: number | undefined,
  url: string,
  meter: Meter,
): Promise<void> {
  meter.update(offset, limit)
  let done = offset
  const handle = await open(part.path, 'a')
  try {
    for await (const chunk of chunksOf(response, url)) {
      done += chunk.length
      if (limit !== undefined && done > limit) {
        await part.remove()
        checkSize(done, limit, url)
      }
      await handle.appendFile(chunk)
      meter.update(done, limit)
    }
  } finally {
    await handle.close()
  }
}

async function* chunksOf(response: Response, url: string): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader()
  try {
    for (;;) {
      const next = await reader?.read().catch((error) => {
        throw new Passing(broken(url, rootOf(error).message, error))
      })
      if (!next || next.done) return
      yield next.value
    }
  } finally {
    await reader?.cancel().catch(() => undefined)
  }
}

async function checkWhole(part: Part, expected: Parameters<typeof checkFile>[1], url: string): Promise<void> {
  try {
    await checkFile(part.path, expected, url)
  } catch (error) {
    if (isFacekpError(error)) await part.remove()
    throw error
  }
}

/** An error that may be gone at the next try. */
class Passing extends Error {
  readonly error: FacekpError
  /** Whether there seems to be no net at all, so that waiting is of no use. */
  readonly offline: boolean
  constructor(error: FacekpError, offline = false) {
    super(error.message)
    this.error = error
    this.offline = offline
  }
}

const OFFLINE: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
])

function broken(url: string, received: string, cause?: unknown): FacekpError {
  return new FacekpError({
    code: 'DOWNLOAD_BROKEN',
    problem: 'the connection breaks again and again; what has come is kept for the next try',
    file: url,
    received,
    cause,
  })
}

/** `fetch` wraps what happened, sometimes twice. */
function rootOf(error: unknown): { readonly message: string; readonly code: string } {
  const { cause, message, code } = error as Error & { readonly code?: string }
  if (cause !== undefined && code === undefined) return rootOf(cause)
  return { message: message || String(code ?? error), code: String(code) }
}

function continues(response: Response, origin: Origin, size: number): boolean {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? []
  return Number(from) === size && (total === '*' || origin.total === undefined || Number(total) === origin.total)
}

function totalOf(response: Response): number | undefined {
  const length = response.headers.get('content-length')
  const packed = response.headers.get('content-encoding') ?? 'identity'
  return length === null || packed !== 'identity' ? undefined : Number(length)
}

/** RFC 9110, 13.1.5: a weak ETag does not do. */
function validatorOf(response: Response): string | undefined {
  const etag = response.headers.get('etag')
  return (etag?.startsWith('W/') ? undefined : etag) ?? response.headers.get('last-modified') ?? undefined
}

interface Meter {
  update(done: number, total: number | undefined): void
  end(): void
}

/** A progress bar that begins with the first answer, when the size is known. */
function progressMeter({ progress }: DownloadOptions): Meter {
  let shown: Progress | undefined
  return {
    update(done, total) {
      if (!progress) return
      shown ??= startProgress({ ...progress, total, unit: 'bytes', from: done })
      shown.update(done)
    },
    end: () => shown?.finish(),
  }
}
