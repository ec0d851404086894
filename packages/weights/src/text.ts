import { damagedError } from './errors.ts'

/** Bytes as UTF-8, which they must be. */
export function decodeText(bytes: Uint8Array, what: string, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    return damagedError(file, `${what} is not UTF-8`, `bytes ${[...bytes.subarray(0, 8)].join(' ')} …`, cause)
  }
}

/** A text as JSON, of which an error says where it cannot be read. */
export function parseJson(text: string, what: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    return damagedError(file, `${what} is not JSON`, (cause as Error).message, cause)
  }
}
