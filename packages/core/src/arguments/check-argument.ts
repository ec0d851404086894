import { FacekpError } from '../errors.ts'
import { formatValue } from './format-value.ts'
import { describeUnknownName } from './unknown-name.ts'

/** A kind of argument: what it is in words, and as a test. */
export interface ArgumentKind<Value = unknown> {
  /** Never there: the type of the values, by which the compiler compares a check with the signature of its function. */
  readonly type?: Value
  /** Completes "expected …". */
  readonly expected: string
  test(value: unknown): boolean
  /** The kinds of its fields. */
  readonly fields?: Readonly<Record<string, ArgumentKind>>
  /** The kind of its items. */
  readonly items?: ArgumentKind
  /** No other fields than {@link fields} are allowed. */
  readonly isStrict?: boolean
}

/**
 * Checks an argument of a public function, for callers without TypeScript.
 *
 * @param path of the value: `dataset`, or `options.seed`
 * @param caller the function's name
 * @throws `ARGUMENT` naming the first argument or field that is of another kind; `ARGUMENT_NAME` for an unknown field
 * @example
 * ```ts
 * checkArgument(KINDS.dataset, dataset, 'dataset', 'hashDataset')
 * ```
 */
export function checkArgument<Kind extends ArgumentKind, Value extends KindValue<Kind>>(
  kind: Kind,
  value: Value & KnownFields<Kind, Value>,
  path: string,
  caller: string,
): void {
  check(kind, value, path, caller)
}

type KindValue<Kind> = Kind extends ArgumentKind<infer Value> ? Value : never

/** Refuses the types of options with a field that a strict kind lacks. */
type KnownFields<Kind, Value> = Kind extends { readonly isStrict: true }
  ? Exclude<keyof Value, keyof KindValue<Kind>> extends never
    ? unknown
    : never
  : unknown

function check(kind: ArgumentKind, value: unknown, path: string, caller: string): void {
  if (typeof kind?.test !== 'function') throw argumentError('kind of checkArgument', 'one of KINDS', kind)
  if (!kind.test(value)) throw argumentError(`${path} of ${caller}`, kind.expected, value)
  const { fields, items, isStrict } = kind
  if (value === undefined) return
  if (isStrict) checkNames(value as object, Object.keys(fields ?? {}), path, caller)
  for (const [name, field] of Object.entries(fields ?? {})) {
    check(field, (value as Record<string, unknown>)[name], `${path}.${name}`, caller)
  }
  if (!items) return
  const list = value as readonly unknown[]
  for (let i = 0; i < list.length; i++) {
    // The path is written only for an item that is refused: a list may be long.
    if (items.fields || !items.test(list[i])) check(items, list[i], `${path}[${i}]`, caller)
  }
}

function argumentError(subject: string, expected: string, value: unknown): FacekpError {
  return new FacekpError({
    code: 'ARGUMENT',
    problem: `argument ${subject}`,
    expected,
    received: formatValue(value),
  })
}

function checkNames(value: object, known: readonly string[], path: string, caller: string): void {
  const name = Object.keys(value).find((key) => !known.includes(key))
  if (name === undefined) return
  throw new FacekpError({
    code: 'ARGUMENT_NAME',
    problem: `argument ${path}.${name} of ${caller}`,
    ...describeUnknownName(name, known),
  })
}
