import { FacekpError } from '@facekp/core'
import type { ProgressOptions } from '@facekp/progress'
import { z } from 'zod'

/** What to download, and where to put it. One of `url` and `urls` is needed. */
export interface DownloadOptions {
  /** The http(s) address. */
  readonly url?: string
  /** Several addresses of the same file, tried in turn. */
  readonly urls?: readonly string[]
  /** Where the whole, checked file goes; its folder is made. What is not whole yet lies beside it in `file.part`. */
  readonly file: string
  /** The size it must have. */
  readonly bytes?: number
  /** The SHA-256 it must have, in hexadecimal; of one that is not known whole, its first 8 digits or more. */
  readonly sha256?: string
  /** Shows a progress bar of this name. */
  readonly progress?: Pick<ProgressOptions, 'label' | 'stream'>
  /** Alternative to the download, shown in the error: `give the folder of the dataset with --data`. */
  readonly alternative?: string
  /** Ends the download; what has come is kept in `file.part`. */
  readonly signal?: AbortSignal
  /** The wait before the first retry; it doubles with each. Default 1000. */
  readonly retryDelayMs?: number
}

const address = z.url({ protocol: /^https?$/ })
const schema = z
  .object({
    url: address.optional(),
    urls: z.array(address).min(1).optional(),
    file: z.string().min(1),
    bytes: z.int().nonnegative().optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{8,64}$/i, 'must be 64 hexadecimal digits, or the first 8 or more of them')
      .optional(),
    retryDelayMs: z.number().nonnegative().optional(),
  })
  .refine(({ url, urls }) => (url === undefined) !== (urls === undefined), 'either url or urls must be given')

/** Checks the options and gives the URLs to try; throws `DOWNLOAD_OPTIONS`. */
export function parseDownloadOptions(options: DownloadOptions): readonly string[] {
  const checked = schema.safeParse(options)
  if (checked.success) return checked.data.urls ?? [checked.data.url as string]
  throw new FacekpError({
    code: 'DOWNLOAD_OPTIONS',
    problem: 'invalid download options',
    received: JSON.stringify({ url: options.url, urls: options.urls, file: options.file }),
    expected: z.prettifyError(checked.error),
    cause: checked.error,
  })
}
