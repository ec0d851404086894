import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder, type DownloadOptions, downloadFile } from '@facekp/download'
import { fail } from './errors.ts'
import { shardPaths } from './tfjs.ts'

/** How a file of weights is fetched. */
export interface FetchWeightsOptions {
  /** Where it is kept; default below `weights` in facekp's cache folder, by its address. */
  readonly file?: string
  /** The SHA-256 it must have, or its first 8 digits or more. A file in the cache is held to it as well. */
  readonly sha256?: string
  /** What the progress bar calls it; default its file name. */
  readonly label?: string
  readonly signal?: AbortSignal
  /** Where the progress is shown; default `process.stderr`. */
  readonly stream?: NonNullable<DownloadOptions['progress']>['stream']
  /** The wait before the first retry, default 1000. */
  readonly retryDelayMs?: number
}

/**
 * Downloads a file of weights into the cache, unless it is there, and gives its path. A broken download is taken up where it broke,
 * also by a later call; a file that was put there by hand is taken. Of a `model.json` its shards are fetched too.
 *
 * @throws FacekpError `WEIGHTS_ADDRESS` (no address of http or https), and what `downloadFile` of `@facekp/download` throws: where
 *   there is no net, the error names where to put the file
 * @example
 * ```ts
 * const file = await fetchWeights('https://download.pytorch.org/models/resnet18-f37072fd.pth', { sha256: 'f37072fd' })
 * const tensors = await readTensorFile(file)
 * ```
 */
export async function fetchWeights(url: string | URL, options: FetchWeightsOptions = {}): Promise<string> {
  const address = parseAddress(url)
  const { file = getCachePath(address), sha256, label = getFileName(address), stream, signal, retryDelayMs } = options
  const download = (from: URL, to: string, hash?: string): Promise<void> =>
    downloadFile({
      url: from.href,
      file: to,
      progress: { label, ...(stream ? { stream } : {}) },
      ...(hash === undefined ? {} : { sha256: hash }),
      ...(signal === undefined ? {} : { signal }),
      ...(retryDelayMs === undefined ? {} : { retryDelayMs }),
    })
  await download(address, file, sha256)
  if (file.endsWith('.json')) {
    for (const path of shardPaths(await readFile(file), file)) {
      await download(new URL(path, address), join(file, '..', path))
    }
  }
  return file
}

function parseAddress(url: string | URL): URL {
  const address = URL.canParse(String(url)) ? new URL(url) : undefined
  if (address && /^https?:$/.test(address.protocol)) return address
  return fail({
    code: 'WEIGHTS_ADDRESS',
    problem: 'is no address to fetch weights from',
    received: String(url),
    expected: 'one that begins with https:// or http://',
  })
}

/** A folder for each host and folder of the address, so that two files of one name do not meet. */
function getCachePath({ host, pathname, search }: URL): string {
  const segments = [host, ...`${pathname}${search}`.split('/')].filter((segment) => segment !== '')
  return join(cacheFolder('weights'), ...segments.map((segment) => segment.replace(/[^\w.%+=@-]/g, '_')))
}

function getFileName({ pathname }: URL): string {
  return pathname.split('/').at(-1) || 'weights'
}
