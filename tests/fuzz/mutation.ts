import fc from 'fast-check'
import type { FuzzReader } from './fuzz-reader.ts'
import { COMMON_BYTES, COMMON_WORDS } from './words.ts'

/** A change of bytes. Positions are taken modulo the length, so that each mutation applies to any bytes. */
export type Mutation =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'write' | 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'remove' | 'cut'; readonly at: number; readonly length: number }
  | { readonly kind: 'repeat'; readonly at: number; readonly length: number; readonly times: number }
  | { readonly kind: 'word'; readonly at: number; readonly word: string; readonly times: number }
  | { readonly kind: 'token'; readonly index: number; readonly word: string }
  | {
      readonly kind: 'splice'
      readonly at: number
      readonly input: number
      readonly from: number
      readonly length: number
    }

/** An input and what is changed in it. */
export interface MutatedInput {
  readonly input: number
  readonly mutations: readonly Mutation[]
}

/** How often a word is repeated: beyond 1, deep nesting and long runs. */
const TIMES = [1, 1, 1, 1, 1, 1, 2, 3, 100, 20_000]

/** Most bytes that mutations make, so that time and memory of a read can be judged. */
const MAX_BYTES = 1_000_000

/** Creates the mutated inputs of a reader. */
export function mutatedInput({ inputs, words = [] }: Pick<FuzzReader, 'inputs' | 'words'>): fc.Arbitrary<MutatedInput> {
  const longest = Math.max(...inputs.map((input) => input.length))
  // Formats have their structure at the beginning or the end.
  const at = fc.oneof(
    fc.nat({ max: 64 }),
    fc.nat({ max: 64 }).map((back) => -1 - back),
    fc.nat({ max: longest }),
  )
  const length = fc.oneof(fc.nat({ max: 8 }), fc.nat({ max: longest }))
  const bytes = fc.oneof(fc.constantFrom(...COMMON_BYTES), fc.uint8Array({ minLength: 1, maxLength: 8 }))
  const word = fc.constantFrom(...COMMON_WORDS, ...words)
  const times = fc.constantFrom(...TIMES)
  const input = fc.nat({ max: inputs.length - 1 })
  const mutation: fc.Arbitrary<Mutation> = fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), at, bit: fc.nat({ max: 7 }) }),
    fc.record({ kind: fc.constantFrom('write' as const, 'insert' as const), at, bytes }),
    fc.record({ kind: fc.constantFrom('remove' as const, 'cut' as const), at, length }),
    fc.record({ kind: fc.constant('repeat' as const), at, length, times: fc.constantFrom(1, 1, 2, 1000) }),
    fc.record({ kind: fc.constant('word' as const), at, word, times }),
    fc.record({ kind: fc.constant('token' as const), index: fc.nat({ max: 200 }), word }),
    fc.record({ kind: fc.constant('splice' as const), at, input, from: at, length }),
  )
  return fc.record({ input, mutations: fc.array(mutation, { minLength: 1, maxLength: 5 }) })
}

/** Applies mutations to their input. */
export function applyMutations({ inputs }: Pick<FuzzReader, 'inputs'>, { input, mutations }: MutatedInput): Uint8Array {
  let bytes = inputs[input] as Uint8Array
  for (const mutation of mutations) {
    const changed = applyMutation(bytes, mutation, inputs)
    if (changed.length <= MAX_BYTES) bytes = changed
  }
  return bytes
}

function applyMutation(bytes: Uint8Array, mutation: Mutation, inputs: readonly Uint8Array[]): Uint8Array {
  if (mutation.kind === 'token') return replaceToken(bytes, mutation)
  const at = wrap(mutation.at, bytes.length)
  switch (mutation.kind) {
    case 'flip':
      return replaceRange(bytes, at, at + 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << mutation.bit)))
    case 'write':
      return replaceRange(bytes, at, at + mutation.bytes.length, mutation.bytes)
    case 'insert':
      return replaceRange(bytes, at, at, mutation.bytes)
    case 'remove':
      return replaceRange(bytes, at, at + mutation.length, new Uint8Array())
    case 'cut':
      return bytes.slice(0, at)
    case 'repeat': {
      const range = bytes.subarray(at, at + mutation.length)
      return replaceRange(bytes, at, at, repeatBytes(range, mutation.times))
    }
    case 'word':
      return replaceRange(bytes, at, at, repeatBytes(Buffer.from(mutation.word), mutation.times))
    case 'splice': {
      const other = inputs[mutation.input] as Uint8Array
      const from = wrap(mutation.from, other.length)
      return replaceRange(bytes, at, at, other.subarray(from, from + mutation.length))
    }
  }
}

/** Replaces a string, number or name of a text. */
function replaceToken(
  bytes: Uint8Array,
  { index, word }: { readonly index: number; readonly word: string },
): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  const tokens = [...text.matchAll(/"[^"]{0,80}"|[-+.\w]{1,80}/g)]
  const token = tokens[index % (tokens.length || 1)]
  if (!token) return bytes
  return replaceRange(bytes, token.index, token.index + token[0].length, Buffer.from(word))
}

function wrap(at: number, length: number): number {
  return length === 0 ? 0 : ((at % length) + length) % length
}

function repeatBytes(bytes: Uint8Array, times: number): Uint8Array {
  const copies = Math.min(times, Math.ceil(MAX_BYTES / (bytes.length || 1)))
  return Buffer.alloc(copies * bytes.length, bytes.length === 0 ? Uint8Array.of(0) : bytes)
}

function replaceRange(bytes: Uint8Array, from: number, to: number, piece: Uint8Array): Uint8Array {
  const after = bytes.subarray(Math.min(to, bytes.length))
  const changed = new Uint8Array(from + piece.length + after.length)
  changed.set(bytes.subarray(0, from))
  changed.set(piece, from)
  changed.set(after, from + piece.length)
  return changed
}
