import { parseOptions } from '@facekp/options'
import type { ProgressOptions } from '@facekp/progress'
import * as z from 'zod'

/** What to download, and where to put it. One of `url` and `urls` is needed. */
export interface DownloadOptions {
  /** An http or https URL. */
  readonly url?: string
  /** Several URLs of the same file, tried in turn. */
  readonly urls?: readonly string[]
  /** Path of the complete, checked file; its folder is created. Until then, the bytes are in `file.part`. */
  readonly file: string
  /** Size of the file in bytes (default: not checked). */
  readonly bytes?: number
  /** Most bytes of the file, whatever the server says (default 8 GiB). */
  readonly maxBytes?: number
  /** SHA-256 of the file in hexadecimal, or its first 8 digits or more (default: not checked). */
  readonly sha256?: string
  /** Shows a progress bar with this label. */
  readonly progress?: Pick<ProgressOptions, 'label' | 'stream'>
  /** Alternative to the download, shown in the error: `give the folder of the dataset with --data`. */
  readonly alternative?: string
  /** Aborts the download; `file.part` remains. */
  readonly signal?: AbortSignal
  /** Milliseconds before the first retry; they double with each (default 1000). */
  readonly retryDelayMs?: number
}

const address = z.url({ protocol: /^https?$/, error: 'an http or https URL' })
const schema = z
  .strictObject({
    url: address.optional(),
    urls: z.array(address).min(1).optional(),
    file: z.string().min(1),
    bytes: z.int().nonnegative().optional(),
    maxBytes: z.int().positive().optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{8,64}$/i, '64 hexadecimal digits, or the first 8 or more of them')
      .optional(),
    progress: z.custom<DownloadOptions['progress']>().optional(),
    alternative: z.string().optional(),
    signal: z.custom<AbortSignal>().optional(),
    retryDelayMs: z.number().nonnegative().optional(),
  })
  .refine(({ url, urls }) => (url === undefined) !== (urls === undefined), 'one of url and urls')

/**
 * Checks the options of a download.
 *
 * @returns the URLs to try
 * @throws FacekpError `DOWNLOAD_OPTIONS`
 */
export function parseDownloadOptions(options: DownloadOptions): readonly string[] {
  const { url, urls } = parseOptions({ schema, value: options, code: 'DOWNLOAD_OPTIONS', name: 'downloadFile' })
  return urls ?? [url as string]
}
