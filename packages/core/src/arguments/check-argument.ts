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
  checkKind(kind, value, path, {
    code: 'ARGUMENT',
    nameCode: 'ARGUMENT_NAME',
    describe: (part) => `argument ${part} of ${caller}`,
  })
}

/** What a value is in the errors of a check. */
export interface CheckedSubject {
  readonly code: string
  /** Code of an unknown name. */
  readonly nameCode: string
  /** Names a part of the value by its path, such as `options.seed`. */
  describe(path: string): string
}

export type KindValue<Kind> = Kind extends ArgumentKind<infer Value> ? Value : never

/** Refuses the types of options with a field that a strict kind lacks. */
export type KnownFields<Kind, Value> = Kind extends { readonly isStrict: true }
  ? Exclude<keyof Value, keyof KindValue<Kind>> extends never
    ? unknown
    : never
  : unknown

/** Checks a value and its parts. Throws the error of the first one that is of another kind. */
export function checkKind(kind: ArgumentKind, value: unknown, path: string, subject: CheckedSubject): void {
  if (typeof kind?.test !== 'function') {
    throw kindError('ARGUMENT', 'argument kind of checkArgument', 'one of KINDS', kind)
  }
  if (!kind.test(value)) throw kindError(subject.code, subject.describe(path), kind.expected, value)
  const { fields, items, isStrict } = kind
  if (value === undefined) return
  const prefix = path && `${path}.`
  if (isStrict) checkNames(value as object, Object.keys(fields ?? {}), prefix, subject)
  for (const [name, field] of Object.entries(fields ?? {})) {
    checkKind(field, (value as Record<string, unknown>)[name], `${prefix}${name}`, subject)
  }
  if (!items) return
  const list = value as readonly unknown[]
  for (let i = 0; i < list.length; i++) {
    // The path is written only for an item that is refused: a list may be long.
    if (items.fields || !items.test(list[i])) checkKind(items, list[i], `${path}[${i}]`, subject)
  }
}

function kindError(code: string, problem: string, expected: string, value: unknown): FacekpError {
  return new FacekpError({ code, problem, expected, received: formatValue(value) })
}

function checkNames(value: object, known: readonly string[], prefix: string, subject: CheckedSubject): void {
  const name = Object.keys(value).find((key) => !known.includes(key))
  if (name === undefined) return
  throw new FacekpError({
    code: subject.nameCode,
    problem: subject.describe(`${prefix}${name}`),
    ...describeUnknownName(name, known),
  })
}
