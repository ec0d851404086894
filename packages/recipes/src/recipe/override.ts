import { checkArgument, FacekpError, isFacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { parseOptions } from '@facekp/options'
import { parseTrainingConfig } from '@facekp/trainer'
import { checkCrop } from './check-crop.ts'
import { type Recipe, recipeSchema } from './recipe.ts'

type JsonObject = Record<string, unknown>

/**
 * Sets single values of a recipe.
 *
 * @param overrides `key=value` each; a dotted key reaches into objects, a value is JSON or else plain text. Later ones win.
 * @throws FacekpError `OPTION_INVALID` for an unknown key, naming the known ones, for a value of another type, for one that
 *   `train` refuses, and for leveled crops without squares or margins
 *
 * @example
 * ```ts
 * overrideRecipe(facesSmall, ['epochs=20', 'loss.kind=wing', 'augmentation.flipProb=0', 'cachedCrop={"size":104,"margin":0.45}'])
 * ```
 */
export function overrideRecipe(recipe: Recipe, overrides: readonly string[]): Recipe {
  checkArgument(KINDS.object, recipe, 'recipe', 'overrideRecipe')
  checkArgument(KINDS.strings, overrides, 'overrides', 'overrideRecipe')
  if (overrides.length === 0) return recipe
  const result = structuredClone(recipe) as unknown as JsonObject
  for (const override of overrides) applyOverride(result, override)
  parseOptions({ schema: recipeSchema, value: result, code: 'OPTION_INVALID', name: 'the recipe', noun: 'key' })
  const overridden = result as unknown as Recipe
  checkCrop(overridden)
  checkTraining(overridden)
  return overridden
}

/** Throws `OPTION_INVALID` for settings that `train` refuses, before data are read. */
function checkTraining({ epochs, batchSize, learningRate, loss, emaDecay, maxGradientNorm }: Recipe): void {
  try {
    parseTrainingConfig({ epochs, batchSize, learningRate, loss, emaDecay, maxGradientNorm })
  } catch (cause) {
    if (!isFacekpError(cause, 'TRAIN_CONFIG')) throw cause
    const { problem, expected, received } = cause
    throw new FacekpError({ code: 'OPTION_INVALID', problem: `${problem} of the recipe`, expected, received, cause })
  }
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

/** Parses JSON, or returns the text itself: `wing` needs no quotes. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
