import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { FacekpError, isFacekpError } from '@facekp/core'
import { type Progress, startProgress } from '@facekp/progress'
import { checkFile, checkSize } from './check.ts'
import { type DownloadOptions, parseDownloadOptions } from './options.ts'
import { type Origin, openPart, type Part } from './part.ts'
import { type Connection, openConnection } from './proxy.ts'
import { fetchPublic } from './redirect.ts'

/**
 * Downloads a file and checks it; resumes an interrupted download.
 *
 * The bytes go to `file.part`, which is renamed to `file` once its size and checksum are correct. An existing file that passes the
 * checks is kept without a request. A part is continued only if the server confirms (`If-Range`) that the file is unchanged;
 * otherwise the download restarts. A broken connection is retried up to four times in a row without a new byte.
 *
 * Redirects are followed to https on public hosts and within the server only.
 *
 * Hosts with a public name and no public address are refused, so that no URL of the internet leads into the local network.
 *
 * Requests go through the proxies of `HTTP_PROXY` and `HTTPS_PROXY`, except for the hosts of `NO_PROXY`.
 *
 * @throws FacekpError `DOWNLOAD_UNREACHABLE` (no network), `DOWNLOAD_REFUSED` (an HTTP status such as 404), `DOWNLOAD_REDIRECT`, `DOWNLOAD_PRIVATE`,
 *   `DOWNLOAD_BROKEN` (the connection keeps breaking; the part is kept), `DOWNLOAD_SIZE`, `DOWNLOAD_CHECKSUM`
 *   (the damaged file is removed), `DOWNLOAD_NOT_WRITTEN` (a full disk, say), `DOWNLOAD_OPTIONS`, `DOWNLOAD_PROXY` (an invalid
 *   variable); for several URLs the code of the last error and the texts of all. Throws the reason of `signal` if it is aborted.
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
  const urls = parseDownloadOptions(options)
  options.signal?.throwIfAborted()
  try {
    if (await isDownloaded(options)) return
    await mkdir(dirname(options.file), { recursive: true })
    await downloadFromAny(urls, options)
  } catch (error) {
    throw isFileSystemError(error) ? notWrittenError(options.file, error) : error
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
    // Not in `received`, which is cut to a short text.
    problem: [
      `cannot download ${file} from any of ${urls.length} URLs`,
      ...failures.map(({ message }) => message),
    ].join('\n- '),
    cause: new AggregateError(failures),
  })
}

async function isDownloaded({ file, bytes, sha256 }: DownloadOptions): Promise<boolean> {
  const stats = await stat(file).catch(() => undefined)
  if (!stats) return false
  if (!stats.isFile()) throw notWrittenError(file, new Error('the path exists and is not a file'))
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

function notWrittenError(file: string, cause: Error): FacekpError {
  return new FacekpError({
    code: 'DOWNLOAD_NOT_WRITTEN',
    problem: 'the file cannot be written',
    file,
    received: cause.message,
    cause,
  })
}

/** Most bytes of a file whose size is not an option: more than any dataset of faces here. */
const MAX_BYTES = 8 * 2 ** 30

/** Maximum number of consecutive failures without a new byte. */
const MAX_FAILURES = 4

async function downloadFrom(url: string, options: DownloadOptions): Promise<void> {
  const { file, bytes, sha256, signal, retryDelayMs = 1000 } = options
  const part = openPart(file)
  const meter = progressMeter(options)
  const connection = await openConnection()
  const transfer: Transfer = { url, part, options, connection, meter }
  let furthest = await part.size()
  try {
    for (let failures = 0; ; ) {
      try {
        const total = await continuePart(transfer)
        await checkWhole(part, { bytes: bytes ?? total, sha256 }, url)
        return await part.moveToFile()
      } catch (error) {
        signal?.throwIfAborted()
        const size = await part.size()
        failures = size > furthest ? 1 : failures + 1
        furthest = Math.max(furthest, size)
        if (!(error instanceof TransientError)) throw error
        if (failures >= MAX_FAILURES || (error.offline && failures === 1)) throw error.error
        await wait(retryDelayMs * 2 ** (failures - 1), undefined, signal && { signal })
      }
    }
  } finally {
    meter.end()
    await connection.close()
  }
}

/** What the requests of a download have in common. */
interface Transfer {
  readonly url: string
  readonly part: Part
  readonly options: DownloadOptions
  readonly connection: Connection
  readonly meter: Meter
}

/** Requests the remaining bytes and appends them; returns the size of the whole file if the server reports it. */
async function continuePart(transfer: Transfer): Promise<number | undefined> {
  const { url, part, options } = transfer
  const { maxBytes = MAX_BYTES } = options
  const known = await part.origin()
  const size = await part.size()
  const origin = known?.url === url && size > 0 ? known : undefined
  if (origin && origin.total === size) return size
  const response = await request(transfer, origin ? size : 0, origin?.validator)
  if (response.status === 416 || (origin && response.status === 206 && !continuesPart(response, origin, size))) {
    await response.body?.cancel()
    await part.remove()
    throw new TransientError(brokenError(url, `an unexpected content-range: ${response.headers.get('content-range')}`))
  }
  const offset = origin && response.status === 206 ? size : 0
  const total = offset > 0 ? origin?.total : getContentLength(response)
  if (total !== undefined && options.bytes !== undefined) {
    if (total !== options.bytes) await response.body?.cancel()
    checkSize(total, options.bytes, url)
  }
  const limit = total ?? options.bytes ?? maxBytes
  if (limit > Math.max(maxBytes, options.bytes ?? 0)) {
    await response.body?.cancel()
    throw tooLargeError(url, limit, maxBytes)
  }
  if (offset === 0) await part.start({ url, validator: getValidator(response), total })
  await append(response, transfer, { offset, total: total ?? options.bytes, limit })
  return total
}

/** Sends the request. Throws TransientError if a retry may help. */
async function request(transfer: Transfer, offset: number, validator: string | undefined): Promise<Response> {
  const { url, connection, options } = transfer
  const { signal } = options
  const headers = {
    // A compressed transfer could not be resumed.
    'accept-encoding': 'identity',
    ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
    ...(offset > 0 && validator !== undefined ? { 'if-range': validator } : {}),
  }
  let response: Response
  try {
    response = await fetchPublic(connection.fetch, url, { headers, ...(signal ? { signal } : {}) })
  } catch (error) {
    const refusal = [error, (error as Error).cause].find((reason) => isFacekpError(reason))
    if (refusal) throw refusal
    throw new TransientError(unreachableError(transfer, error), OFFLINE.has(findRootCause(error).code))
  }
  if (response.ok || response.status === 416) return response
  await response.body?.cancel()
  const refused = refusedError(transfer, response)
  if (response.status >= 500 || response.status === 408 || response.status === 429) throw new TransientError(refused)
  throw refused
}

function unreachableError({ url, options, connection }: Transfer, error: unknown): FacekpError {
  const { file, alternative } = options
  const proxies = connection.isProxied ? 'the right HTTP_PROXY, HTTPS_PROXY and NO_PROXY' : undefined
  return new FacekpError({
    code: 'DOWNLOAD_UNREACHABLE',
    problem: 'the server cannot be reached',
    file: url,
    received: findRootCause(error).message,
    expected: listRemedies('a network connection', proxies, `download ${url} manually to ${file}`, alternative),
    cause: error,
  })
}

function refusedError({ url, options }: Transfer, { status, statusText }: Response): FacekpError {
  const { file, alternative } = options
  return new FacekpError({
    code: 'DOWNLOAD_REFUSED',
    problem: 'the server refuses the request',
    file: url,
    received: `status ${status} ${statusText}`.trim(),
    expected: listRemedies('status 200', `download the file manually to ${file}`, alternative),
  })
}

function tooLargeError(url: string, bytes: number, maxBytes: number): FacekpError {
  return new FacekpError({
    code: 'DOWNLOAD_SIZE',
    problem: 'the file is larger than a download may be',
    file: url,
    received: `${bytes} bytes or more`,
    expected: `at most ${maxBytes}`,
  })
}

function listRemedies(...remedies: readonly (string | undefined)[]): string {
  return remedies.filter((remedy) => remedy !== undefined).join(', or ')
}

/** Appends the body of a response to the part, up to `limit` bytes in all. */
async function append(
  response: Response,
  { url, part, meter }: Transfer,
  { offset, total, limit }: { readonly offset: number; readonly total: number | undefined; readonly limit: number },
): Promise<void> {
  meter.update(offset, total)
  let done = offset
  const handle = await part.open()
  try {
    for await (const chunk of readChunks(response, url)) {
      done += chunk.length
      if (done > limit) {
        await part.remove()
        if (total === undefined) throw tooLargeError(url, done, limit)
        checkSize(done, limit, url)
      }
      await handle.appendFile(chunk)
      meter.update(done, total)
    }
  } finally {
    await handle.close()
  }
}

async function* readChunks(response: Response, url: string): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader()
  try {
    for (;;) {
      const next = await reader?.read().catch((error) => {
        throw new TransientError(brokenError(url, findRootCause(error).message, error))
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

/** An error that may not recur in the next attempt. */
class TransientError extends Error {
  readonly error: FacekpError
  /** Whether the network seems to be down, so that waiting does not help. */
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

function brokenError(url: string, received: string, cause?: unknown): FacekpError {
  return new FacekpError({
    code: 'DOWNLOAD_BROKEN',
    problem: 'the connection keeps breaking; the received part is kept',
    file: url,
    received,
    cause,
  })
}

/** Finds the root cause of an error of `fetch`, which may be wrapped twice; the wrappers have no code or a number. */
function findRootCause(error: unknown): { readonly message: string; readonly code: string } {
  const { cause, message, code } = error as Error & { readonly code?: string | number }
  if (cause !== undefined && typeof code !== 'string') return findRootCause(cause)
  return { message: message || String(code ?? error), code: String(code) }
}

function continuesPart(response: Response, origin: Origin, size: number): boolean {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? []
  return Number(from) === size && (total === '*' || origin.total === undefined || Number(total) === origin.total)
}

function getContentLength(response: Response): number | undefined {
  const length = response.headers.get('content-length')
  const packed = response.headers.get('content-encoding') ?? 'identity'
  return length === null || packed !== 'identity' ? undefined : Number(length)
}

/** Gets the validator for `If-Range`; RFC 9110, 13.1.5 excludes weak ETags. */
function getValidator(response: Response): string | undefined {
  const etag = response.headers.get('etag')
  return (etag?.startsWith('W/') ? undefined : etag) ?? response.headers.get('last-modified') ?? undefined
}

interface Meter {
  update(done: number, total: number | undefined): void
  end(): void
}

/** Creates a progress bar that starts at the first response, when the size is known. */
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
