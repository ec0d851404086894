import { FacekpError } from '@facekp/core'
import { z } from 'zod'
import { type Recipe, recipeSchema } from './recipe.ts'

type JsonObject = Record<string, unknown>

/**
 * Sets single values of a recipe.
 *
 * @param overrides `key=value` each; a dotted key reaches into objects, a value is JSON or else plain text. Later ones win.
 * @throws FacekpError `OPTION_INVALID` for an unknown key, naming the known ones, and for a value of another type
 *
 * @example
 * ```ts
 * overrideRecipe(facesSmall, ['epochs=20', 'loss.kind=wing', 'augmentation.flipProb=0', 'cachedCrop={"size":104,"margin":0.45}'])
 * ```
 */
export function overrideRecipe(recipe: Recipe, overrides: readonly string[]): Recipe {
  if (overrides.length === 0) return recipe
  const result = structuredClone(recipe) as unknown as JsonObject
  for (const override of overrides) applyOverride(result, override)
  const parsed = recipeSchema.safeParse(result)
  if (parsed.success) return result as unknown as Recipe
  throw invalidRecipeError(parsed.error, result, overrides)
}

function applyOverride(recipe: JsonObject, override: string): void {
  const [, key = '', value = ''] = /^([\w.]+)=(.*)$/s.exec(override) ?? []
  if (key === '') {
    throw new FacekpError({
      code: 'OPTION_INVALID',
      problem: 'invalid override',
      received: override,
      expected: 'key=value, such as loss.kind=wing or epochs=20',
    })
  }
  const path = key.split('.')
  const last = path.pop() as string
  let target = recipe
  for (const name of path) {
    if (typeof target[name] !== 'object' || target[name] === null) target[name] = {}
    target = target[name] as JsonObject
  }
  target[last] = parseValue(value)
}

/** JSON, or else the text itself: `wing` needs no quotes. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function invalidRecipeError(error: z.ZodError, recipe: unknown, overrides: readonly string[]): FacekpError {
  const { path, message, unknownKey } = deepestIssue(error.issues)
  const received = overrides.join(' ')
  if (unknownKey === undefined) {
    const problem = `invalid override of ${path.join('.')}: ${message}`
    return new FacekpError({ code: 'OPTION_INVALID', problem, received })
  }
  return new FacekpError({
    code: 'OPTION_INVALID',
    problem: `unknown recipe key ${[...path, unknownKey].join('.')}`,
    received,
    expected: `one of ${knownKeys(path, recipe).join(', ')}`,
  })
}

interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly unknownKey?: string | undefined
}

/** The first issue; of a union, that of the member that fits best, whose issues are fewest. */
function deepestIssue(issues: readonly z.core.$ZodIssue[]): Issue {
  const issue = issues[0] as z.core.$ZodIssue
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const best = [...issue.errors].sort((a, b) => a.length - b.length)[0] as z.core.$ZodIssue[]
    const inner = deepestIssue(best)
    return { ...inner, path: [...issue.path, ...inner.path] }
  }
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  return { path: issue.path, message: issue.message, unknownKey }
}

/** The keys of the schema at a path; of a union, those of the object that has most of the value's keys. */
function knownKeys(path: readonly PropertyKey[], recipe: unknown): string[] {
  let schema: unknown = recipeSchema
  let value = recipe
  for (const key of path) {
    schema = (objectShape(schema, value) as Record<PropertyKey, unknown>)[key]
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return Object.keys(objectShape(schema, value))
}

function objectShape(schema: unknown, value: unknown): object {
  if (schema instanceof z.ZodOptional) return objectShape(schema.unwrap(), value)
  if (schema instanceof z.ZodObject) return schema.shape
  if (!(schema instanceof z.ZodUnion)) return {}
  const shapes = schema.options.map((option) => objectShape(option, value))
  const shared = (shape: object): number => Object.keys(shape).filter((key) => key in (value as object)).length
  return shapes.sort((a, b) => shared(b) - shared(a))[0] as object
}
