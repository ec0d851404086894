import type * as z from 'zod/mini'

/** What is read of zod's definition of a schema. */
interface Definition {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
  readonly innerType?: z.core.$ZodType
  readonly in?: z.core.$ZodType
  readonly options?: readonly z.core.$ZodType[]
  readonly element?: z.core.$ZodType
  readonly items?: readonly z.core.$ZodType[]
  readonly valueType?: z.core.$ZodType
  readonly getter?: () => z.core.$ZodType
}

const getDefinition = (schema: z.core.$ZodType): Definition => schema._zod.def as unknown as Definition

/**
 * Lists the keys that a schema knows at a path.
 *
 * @param value what was parsed: of a union, only branches whose literals it has are followed
 */
export function listKnownKeys(schema: z.core.$ZodType, value: unknown, path: readonly PropertyKey[]): string[] {
  const objects = listObjects(schema, value)
  const [key, ...rest] = path
  if (key === undefined) return [...new Set(objects.flatMap(({ shape }) => Object.keys(shape ?? {})))]
  const child = (value as Record<PropertyKey, unknown> | null | undefined)?.[key]
  const keys = objects.flatMap(({ shape, element, items, valueType }) => {
    const next = shape?.[key as string] ?? element ?? items?.[key as number] ?? valueType
    return next ? listKnownKeys(next, child, rest) : []
  })
  return [...new Set(keys)]
}

/** Unwraps defaults, pipes and unions to the objects, arrays and records inside. */
function listObjects(schema: z.core.$ZodType, value: unknown): Definition[] {
  const definition = getDefinition(schema)
  const inner = definition.innerType ?? definition.in ?? definition.getter?.()
  if (inner) return listObjects(inner, value)
  if (!definition.options) return [definition]
  return definition.options
    .flatMap((option) => listObjects(option, value))
    .filter((option) => matchesLiterals(option, value))
}

function matchesLiterals({ shape }: Definition, value: unknown): boolean {
  return Object.entries(shape ?? {}).every(([key, schema]) => {
    if (getDefinition(schema).type !== 'literal') return true
    const { values } = schema._zod.def as unknown as { readonly values: readonly unknown[] }
    return values.includes((value as Record<string, unknown> | undefined)?.[key])
  })
}

/** Finds the known key that differs least from `key`, by at most a third of its letters and case. */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  const distances = known.map((candidate) => editDistance(key.toLowerCase(), candidate.toLowerCase()))
  const least = Math.min(...distances)
  return least <= Math.max(1, key.length / 3) ? known[distances.indexOf(least)] : undefined
}

/** Computes the Levenshtein distance of two strings. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
