const MAX_LENGTH = 80

/**
 * Formats a value for an error text: JSON with single-quoted strings, cut to 80 characters.
 *
 * @example
 * ```ts
 * formatValue({ kind: 'adam' }) // {"kind":"adam"}
 * formatValue('adam') // 'adam'
 * ```
 */
export function formatValue(value: unknown): string {
  const text = toText(value)
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text
}

function toText(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`
  if (value instanceof Error) return `${value.name}: ${value.message}`
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return `an object of class ${value.constructor?.name ?? 'null'}`
  }
}
