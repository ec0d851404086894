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
