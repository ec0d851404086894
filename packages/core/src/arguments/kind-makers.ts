import { type ArgumentKind, checkArgument, type KindValue } from './check-argument.ts'
import { formatValue } from './format-value.ts'
import { array, number, object } from './kinds.ts'

/** The type of objects with the fields. Those that may be undefined may be left out. */
type ObjectValue<F> = {
  readonly [K in keyof F as undefined extends KindValue<F[K]> ? never : K]: KindValue<F[K]>
} & { readonly [K in keyof F as undefined extends KindValue<F[K]> ? K : never]?: KindValue<F[K]> }

type Fields = Readonly<Record<string, ArgumentKind>>

/** Makes a kind whose value may also be undefined. */
export function optionalKind<Value>(kind: ArgumentKind<Value>): ArgumentKind<Value | undefined> {
  return { ...kind, test: (value) => value === undefined || kind.test(value) }
}

/** Makes the kind of integers between two, both included. */
export function integerKind(from: number, to: number): ArgumentKind<number> {
  checkArgument(number, from, 'from', 'integerKind')
  checkArgument(number, to, 'to', 'integerKind')
  return {
    expected: `an integer from ${from} to ${to}`,
    test: (value) => Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to,
  }
}

/** Makes the kind of some values, such as the names of an option. */
export function choiceKind<const Value>(values: readonly Value[]): ArgumentKind<Value> {
  checkArgument(array, values, 'values', 'choiceKind')
  return {
    expected: values
      .map((value) => formatValue(value))
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1'),
    test: (value) => values.includes(value as Value),
  }
}

/** Makes the kind of arrays of a kind. */
export function listKind<Value>(items: ArgumentKind<Value>): ArgumentKind<readonly Value[]> {
  return { expected: 'an array', test: array.test, items }
}

/** Makes the kind of objects with these fields, and possibly others. */
export function objectKind<F extends Fields>(fields: F): ArgumentKind<ObjectValue<F>> {
  return { expected: object.expected, test: object.test, fields }
}

/** Makes the kind of options: objects with these fields and no others, each of which may be left out. */
export function optionsKind<F extends Fields>(
  fields: F,
): ArgumentKind<{ readonly [K in keyof F]?: KindValue<F[K]> | undefined }> & { readonly isStrict: true } {
  const optionalFields = Object.fromEntries(
    Object.entries(fields ?? {}).map(([name, kind]) => [name, optionalKind(kind)]),
  )
  return { expected: object.expected, test: object.test, fields: optionalFields, isStrict: true }
}
