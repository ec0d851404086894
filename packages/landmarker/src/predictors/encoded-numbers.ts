import { decodeBase64 } from '@facekp/base64'
import { FacekpError } from '@facekp/core'
import type { Weights } from '../few-shot/ridge.ts'
import { hashBytes } from '../model/sha256.ts'

/** Encodes numbers as float32 in base64. */
export function encodeNumbers(values: Weights): string {
  const bytes = new Uint8Array(Float32Array.from(values).buffer)
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

/** Where encoded numbers are, and how many they must be. */
export interface EncodedField {
  /** Name of the field in `landmarker.json`. */
  readonly field: string
  readonly length: number
  readonly file: string | undefined
}

/**
 * Decodes numbers.
 *
 * @throws FacekpError `LANDMARKER_MODEL` if there are more or less, or some are not finite
 */
export function decodeNumbers(text: string, { field, length, file }: EncodedField): Float32Array {
  const bytes = decodeBase64(text)
  const values = bytes.length === 4 * length ? new Float32Array(bytes.buffer) : undefined
  if (values?.every(Number.isFinite)) return values
  throw new FacekpError({
    code: 'LANDMARKER_MODEL',
    problem: `invalid field ${field}`,
    file,
    expected: `${length} finite numbers`,
    received: values ? 'numbers that are not finite' : `${bytes.length / 4}`,
  })
}

/** Computes the SHA-256 of the bytes of encoded numbers, one text after another. */
export function hashTexts(texts: readonly string[]): string {
  return hashBytes(...texts.map((text) => decodeBase64(text)))
}

/** A hash as a file has it and as it is. */
export interface ComparedHash {
  readonly field: string
  readonly expected: string
  readonly received: string
  readonly file: string | undefined
}

/**
 * Compares hashes.
 *
 * @throws FacekpError `LANDMARKER_MODEL`
 */
export function checkHash({ field, expected, received, file }: ComparedHash): void {
  if (received === expected) return
  throw new FacekpError({
    code: 'LANDMARKER_MODEL',
    file,
    problem: `the weights were changed or damaged: field ${field} does not match them`,
    expected: `SHA-256 ${expected}`,
    received: `weights of SHA-256 ${received}; copy or save the landmarker again`,
  })
}
