import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type DownloadOptions, downloadPinned } from '@facekp/download'
import { cacheFolder } from '@facekp/files'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import { fail } from './errors.ts'
import { listShardPaths, looksLikeJson } from './sharded.ts'

/** How a file of weights is downloaded. */
export interface FetchWeightsOptions {
  /** Path of the file (default: below `weights` in facekp's cache folder, by its URL). */
  readonly file?: string
  /** SHA-256 of the file in hexadecimal, or its first 8 digits or more; also checked for a file that exists (default: that of the first download). */
  readonly sha256?: string
  /** Label of the progress bar (default: the file's name). */
  readonly label?: string
  /** Aborts the download; the next call resumes it. */
  readonly signal?: AbortSignal
  /** Stream that shows the progress (default `process.stderr`). */
  readonly stream?: NonNullable<DownloadOptions['progress']>['stream']
  /** Milliseconds before the first retry; they double with each (default 1000). */
  readonly retryDelayMs?: number
}

const optionsSchema = z.strictObject({
  file: z.optional(z.string().check(z.minLength(1))),
  sha256: z.optional(z.string()),
  label: z.optional(z.string()),
  signal: z.optional(z.custom<AbortSignal>((value) => value instanceof AbortSignal, 'an AbortSignal')),
  stream: z.optional(z.custom<NonNullable<FetchWeightsOptions['stream']>>()),
  retryDelayMs: z.optional(z.number().check(z.nonnegative())),
})

/**
 * Downloads a file of weights into the cache unless it exists, and the files that it lists: the shards of a `model.json` or of an index
 * of Hugging Face. An interrupted download resumes, also in a later call. Size and SHA-256 of the first download are written to
 * `FILE.download.json`; a later one must have the same (trust on first use). `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are used.
 *
 * @returns the path of the file
 * @throws FacekpError `WEIGHTS_ADDRESS` (not an http or https URL), `WEIGHTS_OPTIONS`, and the errors of a failed download, whose code
 *   begins with `DOWNLOAD_`. Without a network connection, the error says where to put the file
 * @example
 * ```ts
 * const file = await fetchWeights('https://download.pytorch.org/models/resnet18-f37072fd.pth', { sha256: 'f37072fd' })
 * const tensors = await readTensorFile(file)
 * ```
 */
export async function fetchWeights(url: string | URL, options: FetchWeightsOptions = {}): Promise<string> {
  checkArgument(KINDS.source, url, 'url', 'fetchWeights')
  const address = parseAddress(url)
  const parsed = parseOptions({ schema: optionsSchema, value: options, code: 'WEIGHTS_OPTIONS', name: 'fetchWeights' })
  const { file = getCachePath(address), sha256, label = getFileName(address), stream, signal, retryDelayMs } = parsed
  const download = (from: URL, to: string, hash?: string): Promise<void> =>
    downloadPinned({
      ...(signal && { signal }),
      ...(retryDelayMs !== undefined && { retryDelayMs }),
      url: from.href,
      file: to,
      pin: `${to}.download.json`,
      progress: { label, ...(stream && { stream }) },
      ...(hash !== undefined && { sha256: hash }),
    })
  await download(address, file, sha256)
  if (looksLikeJson(await readBeginning(file))) {
    for (const path of listShardPaths(await readFile(file), file)) {
      await download(new URL(path, address), join(file, '..', path))
    }
  }
  return file
}

async function readBeginning(file: string): Promise<Uint8Array> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(32), 0, 32, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

function parseAddress(url: string | URL): URL {
  const address = URL.canParse(String(url)) ? new URL(url) : undefined
  if (address && /^https?:$/.test(address.protocol)) return address
  return fail({
    code: 'WEIGHTS_ADDRESS',
    problem: 'invalid address of weights',
    received: String(url),
    expected: 'a URL that begins with https:// or http://',
  })
}

/**
 * Gives a path with the host and the folders of the URL, so that two files of one name do not collide. A query, in which anything may
 * stand, is a folder named by its hash.
 */
function getCachePath({ host, pathname, search }: URL): string {
  const folders = pathname.split('/').filter((segment) => segment !== '')
  const name = folders.pop() ?? 'weights'
  const query = search === '' ? [] : [createHash('sha256').update(search).digest('hex').slice(0, 16)]
  const segments = [host, ...folders, ...query, name]
  return join(cacheFolder('weights'), ...segments.map((segment) => segment.replace(/[^\w.%+=@-]|^\.+$/g, '_')))
}

function getFileName({ pathname }: URL): string {
  return pathname.split('/').at(-1) || 'weights'
}
