import { getTypeName } from '../type-name.ts'
import { cutText } from './cut-text.ts'

const MAX_LENGTH = 80

/**
 * Formats a value for an error text: JSON with single-quoted strings, cut to 80 characters. The work does not grow with the
 * value: what would be cut is not read.
 *
 * @example
 * ```ts
 * formatValue({ kind: 'adam' }) // {"kind":"adam"}
 * formatValue('adam') // 'adam'
 * ```
 */
export function formatValue(value: unknown): string {
  if (typeof value === 'string') return cutText(`'${value.slice(0, MAX_LENGTH)}'`, MAX_LENGTH)
  let text = ''
  for (const part of listParts(value)) {
    text += part
    if (text.length > MAX_LENGTH) break
  }
  return cutText(text, MAX_LENGTH)
}

function* listParts(value: unknown): Generator<string> {
  if (typeof value === 'string') yield JSON.stringify(value.slice(0, MAX_LENGTH))
  else if (typeof value === 'function') yield 'a function'
  else if (typeof value === 'bigint') yield `${value.toString().slice(0, MAX_LENGTH)}n`
  else if (typeof value !== 'object' || value === null) yield String(value)
  else if (ArrayBuffer.isView(value)) yield `${getTypeName(value)} of ${value.byteLength} bytes`
  else if (value instanceof Error) yield `${value.name}: ${value.message}`
  else if (Array.isArray(value)) yield* listItems(value)
  else yield* listFields(value)
}

function* listItems(items: readonly unknown[]): Generator<string> {
  yield '['
  for (let i = 0; i < items.length; i++) {
    if (i > 0) yield ','
    yield* listParts(items[i])
  }
  yield ']'
}

function* listFields(object: object): Generator<string> {
  const prototype = Object.getPrototypeOf(object) as { readonly constructor?: { readonly name?: unknown } } | null
  const name = prototype?.constructor?.name
  if (prototype && name !== 'Object') {
    yield `an object of class ${typeof name === 'string' && name !== '' ? name : getTypeName(object)}`
    return
  }
  let separator = '{'
  for (const key in object) {
    yield `${separator}${JSON.stringify(key.slice(0, MAX_LENGTH))}:`
    yield* listParts((object as Record<string, unknown>)[key])
    separator = ','
  }
  yield separator === '{' ? '{}' : '}'
}
