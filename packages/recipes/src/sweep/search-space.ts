import { checkArgument, FacekpError, listKind, objectKind, type Random, randomStream } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { overrideRecipe } from '../recipe/override.ts'
import type { Recipe } from '../recipe/recipe.ts'

/** A key of a recipe that a sweep varies. */
export interface SweptParameter {
  /** Key of `overrideRecipe`, such as `loss.kind`. */
  readonly key: string
  /** The values to choose from, or the ends of a range. */
  readonly values: readonly string[] | { readonly low: number; readonly high: number; readonly isLog: boolean }
}

const DRAW_TRIAL_SPACE = listKind(objectKind({ key: KINDS.string, values: KINDS.any }))

const NUMBER = '[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[-+]?\\d+)?'
const RANGE = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})(:log)?$`, 'i')

/**
 * Parses what a sweep varies.
 *
 * @param recipe the recipe that is varied
 * @param params `key=a,b,c` for values, `key=low..high` for a uniform range, `key=low..high:log` for one that is uniform in its logarithm;
 *   a range whose ends are integers is one of integers. `lr` is the learning rate, also that of a schedule, and `loss` the kind of the loss
 * @throws FacekpError `OPTION_INVALID`
 *
 * @example
 * ```ts
 * const space = parseSearchSpace(facesSmall, ['lr=1e-4..1e-2:log', 'loss=wing,star'])
 * ```
 */
export function parseSearchSpace(recipe: Recipe, params: readonly string[]): SweptParameter[] {
  checkArgument(KINDS.object, recipe, 'recipe', 'parseSearchSpace')
  checkArgument(KINDS.strings, params, 'params', 'parseSearchSpace')
  const space = params.map((param) => parseParameter(recipe, param))
  // Both ends and all values must be valid, before anything is trained.
  for (const { key, values } of space) {
    const ends = 'low' in values ? [`${values.low}`, `${values.high}`] : values
    for (const value of ends) overrideRecipe(recipe, [`${key}=${value}`])
  }
  return space
}

function parseParameter(recipe: Recipe, param: string): SweptParameter {
  const [, name = '', text = ''] = /^([\w.]+)=(.+)$/s.exec(param) ?? []
  const range = RANGE.exec(text)
  const low = Number(range?.[1])
  const high = Number(range?.[2])
  const isLog = range?.[3] !== undefined
  if (name === '' || (range && !(low < high && (!isLog || low > 0)))) {
    throw new FacekpError({
      code: 'OPTION_INVALID',
      problem: 'invalid parameter of a sweep',
      received: param,
      expected: 'key=a,b,c, key=low..high, or key=low..high:log with 0 < low < high',
    })
  }
  return { key: resolveKey(recipe, name), values: range ? { low, high, isLog } : text.split(',') }
}

function resolveKey({ learningRate }: Recipe, name: string): string {
  if (name === 'loss') return 'loss.kind'
  if (name !== 'lr') return name
  return typeof learningRate === 'number' ? 'learningRate' : 'learningRate.learningRate'
}

/**
 * Draws the overrides of a trial at random: the same for the same seed and trial, however many trials there are.
 *
 * @param trial from 0
 *
 * Sources: Bergstra and Bengio 2012, Random search for hyper-parameter optimization; integers of a logarithmic range as Optuna's
 * `suggest_int` draws them (Akiba et al. 2019, arXiv:1907.10902).
 */
export function drawTrial(space: readonly SweptParameter[], trial: number, seed: number): string[] {
  checkArgument(DRAW_TRIAL_SPACE, space, 'space', 'drawTrial')
  checkArgument(KINDS.count, trial, 'trial', 'drawTrial')
  checkArgument(KINDS.seed, seed, 'seed', 'drawTrial')
  const random = randomStream({ seed, purpose: 'sweep', index: trial })
  return space.map(({ key, values }) => {
    if (!('low' in values)) return `${key}=${random.pick(values)}`
    const { low, high, isLog } = values
    const areIntegers = Number.isInteger(low) && Number.isInteger(high)
    if (isLog && areIntegers) return `${key}=${drawLogInteger(random, low, high)}`
    if (isLog) return `${key}=${drawLog(random, low, high).toPrecision(4)}`
    if (areIntegers) return `${key}=${random.integer(low, high)}`
    return `${key}=${random.uniform(low, high).toPrecision(4)}`
  })
}

function drawLog(random: Random, low: number, high: number): number {
  return Math.exp(random.uniform(Math.log(low), Math.log(high)))
}

/** Draws an integer. All numbers that round to it count, also at the ends. */
function drawLogInteger(random: Random, low: number, high: number): number {
  const rounded = Math.round(drawLog(random, low - 0.5, high + 0.5))
  return Math.min(Math.max(rounded, low), high)
}
