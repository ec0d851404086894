import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import * as z from 'zod/mini'

/** A SHA-256 in a file. */
export const SHA256_SCHEMA: z.ZodMiniString = z
  .string()
  .check(z.regex(/^[0-9a-f]{64}$/, 'a SHA-256 of 64 hexadecimal digits'))

/** Computes the SHA-256 of parts, one after the other: not by the browser, whose function is missing on pages without HTTPS. */
export function hashBytes(...parts: readonly Uint8Array[]): string {
  const hash = sha256.create()
  for (const part of parts) hash.update(part)
  return bytesToHex(hash.digest())
}
