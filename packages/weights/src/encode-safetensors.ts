import { checkArgument, formatValue } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { fail, quoteName } from './errors.ts'
import { countElements } from './tensor.ts'

/** Name in the header of safetensors that no tensor has: that of the metadata. */
export const METADATA = '__metadata__'

/** Row-major numbers of a tensor: float32 as a Float32Array, int32 as an Int32Array. */
export interface PlainTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array | Int32Array
}

/**
 * Encodes tensors as a safetensors file: eight bytes with the length of the header, the header as JSON, and the numbers, little
 * endian. Spaces pad the header, so that the numbers begin at a multiple of eight bytes.
 *
 * @param tensors by their names, of which none is `__metadata__`; their numbers are written in this order
 * @param metadata texts at the beginning of the header (default: none)
 * @returns the bytes of the file; they share no memory with the tensors
 * @throws FacekpError `ARGUMENT` naming a tensor whose name the format reserves, or whose shape does not match its numbers, or metadata that are
 *   no text
 *
 * @example
 * ```ts
 * import { encodeSafetensors, readTensors } from '@facekp/weights'
 *
 * const bytes = encodeSafetensors(new Map([['bias', { shape: [2], data: Float32Array.of(0.5, -2) }]]), { epoch: '3' })
 * console.log(readTensors(bytes)) // [{ name: 'bias', dtype: 'float32', shape: [2], data: Float32Array [0.5, -2] }]
 * ```
 *
 * Source: https://huggingface.co/docs/safetensors.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, PlainTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  checkArgument(KINDS.map, tensors, 'tensors', 'encodeSafetensors')
  checkArgument(KINDS.object, metadata, 'metadata', 'encodeSafetensors')
  for (const [name, tensor] of tensors) checkTensor(name, tensor)
  for (const [name, text] of Object.entries(metadata)) checkText(name, text)
  let end = 0
  const entries = [...tensors].map(([name, { shape, data }]) => {
    const start = end
    end += data.byteLength
    return [name, { dtype: data instanceof Int32Array ? 'I32' : 'F32', shape, data_offsets: [start, end] }]
  })
  const header = new TextEncoder().encode(JSON.stringify({ [METADATA]: metadata, ...Object.fromEntries(entries) }))
  const headerLength = header.length + (-header.length & 7)
  const bytes = new Uint8Array(8 + headerLength + end)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true)
  bytes.set(header, 8)
  bytes.fill(SPACE, 8 + header.length, 8 + headerLength)
  let offset = 8 + headerLength
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset)
    offset += data.byteLength
  }
  return bytes
}

/** Checks what readers of the file would refuse, or take for something else. */
function checkTensor(name: string, { shape, data }: PlainTensor): void {
  const refuse = (received: string, expected: string): never =>
    fail({ code: 'ARGUMENT', problem: `invalid tensor ${quoteName(name)} of encodeSafetensors`, received, expected })
  if (name === METADATA) refuse('the name of the metadata', 'another name, or the texts as argument metadata')
  if (!(data instanceof Float32Array || data instanceof Int32Array)) {
    refuse(`data ${Object.prototype.toString.call(data)}`, 'a Float32Array or an Int32Array')
  }
  const isShape = Array.isArray(shape) && shape.every((side) => Number.isSafeInteger(side) && side >= 0)
  if (!isShape || countElements(shape) !== data.length) {
    refuse(`shape [${shape}] and ${data.length} numbers`, 'as many numbers as the product of the shape')
  }
}

/** Checks a value of the metadata: the format has texts only, and its readers refuse the whole file otherwise. */
function checkText(name: string, text: unknown): void {
  if (typeof text === 'string') return
  fail({
    code: 'ARGUMENT',
    problem: `invalid metadata ${quoteName(name)} of encodeSafetensors`,
    received: formatValue(text),
    expected: 'a text',
  })
}

const SPACE = 0x20
