import { damagedError } from './errors.ts'

/** Decodes bytes as UTF-8; throws `WEIGHTS_DAMAGED` if they are not. */
export function decodeText(bytes: Uint8Array, what: string, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    return damagedError(file, `${what} is not UTF-8`, `bytes ${[...bytes.subarray(0, 8)].join(' ')} …`, cause)
  }
}

/** Parses JSON, with or without a byte order mark; throws `WEIGHTS_DAMAGED` with the place of the error. */
export function parseJson(text: string, what: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    return damagedError(file, `${what} is not JSON`, (cause as Error).message, cause)
  }
}
