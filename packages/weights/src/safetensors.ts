import { z } from 'zod'
import { damagedError, duplicateError, fail, quoteName, truncatedError } from './errors.ts'
import { readJsonNames } from './json-names.ts'
import { createBudget, readStridedTensor } from './strided.ts'
import { countElements, DTYPE_BYTES, type DType, type NamedTensor } from './tensor.ts'
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

const whole = z.int().nonnegative()
const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(whole),
  data_offsets: z.tuple([whole, whole]),
})

/** The format's own limit: a header that says more is not one. */
const MAX_HEADER = 100_000_000

/** Whether bytes begin as a safetensors file does: a length, then an object of JSON. */
export function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes.length >= 9 && bytes[8] === 0x7b
}

/**
 * Reads a safetensors file: eight bytes of length, a header of JSON, the numbers. Its rules are held to: offsets in one piece, without
 * holes or overlaps, up to the end of the file.
 *
 * Source: https://github.com/huggingface/safetensors (its README describes the format).
 */
export function readSafetensors(bytes: Uint8Array, file: string): NamedTensor[] {
  const header = readHeader(bytes, file)
  const data = bytes.subarray(8 + header.length)
  const text = decodeText(header, 'the header', file)
  const json = parseJson(text, 'the header', file)
  const names = readJsonNames(text)
  if (new Set(names).size < names.length) {
    return duplicateError(file, names.find((name, i) => names.indexOf(name) !== i) as string)
  }
  const budget = createBudget(bytes)
  const entries = Object.entries(json as Record<string, unknown>)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => ({ name, ...parseEntry(name, entry, file) }))
  checkOffsets(entries, data.length, file)
  return entries.map(({ name, dtype, shape, begin, end }) =>
    readStridedTensor(
      name,
      dtype,
      data.subarray(begin, end),
      { offset: 0, shape, strides: computeStrides(shape) },
      budget,
      file,
    ),
  )
}

function readHeader(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes.length < 8) return truncatedError(file, 'its header', `${bytes.length} bytes`, '8 or more')
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true))
  if (length > MAX_HEADER) {
    return damagedError(file, 'the header is longer than safetensors allows', `${length} bytes`)
  }
  if (length > bytes.length - 8) {
    return truncatedError(file, 'its header', `${bytes.length - 8} bytes`, `${length}`)
  }
  return bytes.subarray(8, 8 + length)
}

interface Entry {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

function parseEntry(name: string, entry: unknown, file: string): Entry {
  const parsed = entrySchema.safeParse(entry)
  if (!parsed.success) {
    return damagedError(
      file,
      `the header's entry ${quoteName(name)} is not right`,
      z.prettifyError(parsed.error),
      parsed.error,
    )
  }
  const { shape } = parsed.data
  const [begin, end] = parsed.data.data_offsets
  const dtype = Object.hasOwn(DTYPES, parsed.data.dtype) ? DTYPES[parsed.data.dtype] : undefined
  if (dtype === undefined) {
    return fail({
      code: 'WEIGHTS_DTYPE',
      problem: `tensor ${name} has numbers of a kind that is not read`,
      file,
      received: quoteName(parsed.data.dtype),
      expected: Object.keys(DTYPES).join(', '),
    })
  }
  const count = countElements(shape)
  if (count === undefined || count * DTYPE_BYTES[dtype] !== end - begin) {
    return fail({
      code: 'WEIGHTS_SHAPE',
      problem: `tensor ${name} has another size than its bytes`,
      file,
      received: `shape [${shape}] of ${dtype}`,
      expected: `${end - begin} bytes`,
    })
  }
  return { dtype, shape, begin, end }
}

function checkOffsets(entries: readonly (Entry & { readonly name: string })[], length: number, file: string): void {
  let at = 0
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at)
      damagedError(file, `tensor ${name} does not begin where the one before it ends`, `${begin}, not ${at}`)
    at = end
  }
  if (at > length) truncatedError(file, 'its tensors', `${length} bytes of them`, `${at}`)
  if (at < length) damagedError(file, 'bytes that belong to no tensor follow the last one', `${length - at} bytes`)
}

function computeStrides(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1)
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] as number) * (shape[axis + 1] as number)
  }
  return strides
}
