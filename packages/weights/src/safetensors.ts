import { describeFirstIssue } from '@facekp/options'
import * as z from 'zod/mini'
import { METADATA } from './encode-safetensors.ts'
import { damagedError, duplicateError, fail, quoteName, truncatedError, unsupportedError } from './errors.ts'
import { readJsonNames } from './json-names.ts'
import { type Budget, readStridedTensor } from './strided.ts'
import { countElements, DTYPE_BYTES, type DType, type NamedTensor, type SkippedEntry } from './tensor.ts'
import { decodeText, parseJson } from './text.ts'

const DTYPES: Readonly<Record<string, DType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
}

const whole = z.int().check(z.nonnegative())
const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(whole),
  data_offsets: z.tuple([whole, whole]),
})

/** Longest header that the format allows. */
const MAX_HEADER = 100_000_000

/** Tests whether bytes begin as a safetensors file: a length, then an object of JSON. */
export function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes.length >= 9 && bytes[8] === 0x7b
}

/**
 * Reads a safetensors file: eight bytes of length, a header of JSON, the numbers. Skips tensors of an unsupported data type.
 *
 * @param budget bytes that may be made
 * @throws FacekpError `WEIGHTS_DTYPE` if no tensor has a supported data type; errors of a file that violates the format: the numbers of
 *   the tensors follow each other without holes or overlaps up to the end of the file
 *
 * Source: https://github.com/huggingface/safetensors (its README describes the format).
 */
export function readSafetensors(
  bytes: Uint8Array,
  budget: Budget,
  file: string,
): { readonly tensors: readonly NamedTensor[]; readonly skipped: readonly SkippedEntry[] } {
  const header = readHeader(bytes, file)
  const data = bytes.subarray(8 + header.length)
  const entries = parseHeader(header, file)
  checkOffsets(entries, data.length, file)
  const tensors: NamedTensor[] = []
  const skipped: SkippedEntry[] = []
  for (const { name, dtypeName, dtype, shape, begin, end } of entries) {
    const window = { offset: 0, shape, strides: computeStrides(shape) }
    const storage = data.subarray(begin, end)
    if (dtype === undefined) skipped.push({ name, reason: `dtype ${quoteDtype(dtypeName)}` })
    else tensors.push(readStridedTensor({ name, dtype, storage, window }, budget, file))
  }
  const [first] = skipped
  if (tensors.length === 0 && first) return unsupportedError(first, Object.keys(DTYPES).join(', '), file)
  return { tensors, skipped }
}

function readHeader(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes.length < 8) return truncatedError(file, 'its header', `${bytes.length} bytes`, '8 or more')
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true))
  if (length > MAX_HEADER) return damagedError(file, 'the header is longer than safetensors allows', `${length} bytes`)
  if (length > bytes.length - 8) return truncatedError(file, 'its header', `${bytes.length - 8} bytes`, `${length}`)
  return bytes.subarray(8, 8 + length)
}

interface Entry {
  readonly name: string
  readonly dtypeName: string
  /** Undefined if it is not supported. */
  readonly dtype: DType | undefined
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

function parseHeader(header: Uint8Array, file: string): Entry[] {
  const text = decodeText(header, 'the header', file)
  const json = parseJson(text, 'the header', file)
  const names = new Set<string>()
  for (const name of readJsonNames(text)) {
    if (names.has(name)) return duplicateError(file, name)
    names.add(name)
  }
  return Object.entries(json as Record<string, unknown>)
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => parseEntry(name, entry, file))
}

function parseEntry(name: string, entry: unknown, file: string): Entry {
  const parsed = entrySchema.safeParse(entry)
  if (!parsed.success) {
    const received = describeFirstIssue(parsed.error, entry)
    return damagedError(file, `invalid entry ${quoteName(name)} of the header`, received)
  }
  const { dtype: dtypeName, shape, data_offsets: offsets } = parsed.data
  const [begin, end] = offsets
  const dtype = Object.hasOwn(DTYPES, dtypeName) ? DTYPES[dtypeName] : undefined
  const count = countElements(shape)
  if (count === undefined || (dtype !== undefined && count * DTYPE_BYTES[dtype] !== end - begin)) {
    return fail({
      code: 'WEIGHTS_SHAPE',
      problem: `the shape of tensor ${name} does not match its bytes`,
      file,
      received: `shape [${shape}] of ${dtypeName}`,
      expected: `${end - begin} bytes`,
    })
  }
  return { name, dtypeName, dtype, shape, begin, end }
}

function quoteDtype(dtypeName: string): string {
  return /^\w{1,20}$/.test(dtypeName) ? dtypeName : quoteName(dtypeName)
}

function checkOffsets(entries: readonly Entry[], length: number, file: string): void {
  let position = 0
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position || end < begin) {
      damagedError(file, `tensor ${name} does not begin at the end of the one before it`, `${begin}, not ${position}`)
    }
    position = end
  }
  if (position > length) truncatedError(file, 'its tensors', `${length} bytes`, `${position}`)
  if (position < length) damagedError(file, 'the file has bytes after the last tensor', `${length - position} bytes`)
}

function computeStrides(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1)
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] as number) * (shape[axis + 1] as number)
  }
  return strides
}
