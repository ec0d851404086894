import { faceRecipesFor, type RunSummary } from '@facekp/recipes'
import { FACE_DATASETS } from '@facekp/recipes/node'
import * as z from 'zod'

/** Lists the values of a run of `pnpm landmarks` that differ from its recipe, as `--override` takes them. */
export function listOverrides({ title, settings }: Pick<RunSummary, 'title' | 'settings'>): string[] {
  const names = z.tuple([z.enum(FACE_DATASETS), z.enum(['faces', 'faces-small'])])
  const [dataset, recipe] = names.parse(splitTitle(title))
  const known = flatten(faceRecipesFor(dataset)[recipe])
  return Object.entries(flatten(settings))
    .filter(([key, value]) => /^(crop|margin|loss|augmentation|learningRate|tta)\b/.test(key) && known[key] !== value)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
}

interface Run {
  readonly title: string
  readonly seed: number
  readonly epochs: number
  readonly settings: { readonly weights: string }
  readonly backend: string
  readonly overrides: readonly string[]
}

/** Formats the command of a run of `pnpm landmarks`. */
export function formatRunCommand({ title, seed, epochs, settings, backend, overrides }: Run): string {
  const [dataset, recipe] = splitTitle(title)
  const weights = settings.weights === 'none' ? '' : ` --weights ${settings.weights}`
  return `pnpm landmarks --dataset ${dataset} --recipe ${recipe}${weights} --epochs ${epochs} --seed ${seed} --backend ${backend}${overrides.map((override) => ` --override ${override}`).join('')}`
}

function splitTitle(title: string): string[] {
  return title.replace('Landmarks: ', '').split(', ')
}

/** Lists values in objects by keys such as `loss.kind`. */
function flatten(value: object, prefix = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) =>
      typeof part === 'object' ? Object.entries(flatten(part, `${prefix}${key}.`)) : [[`${prefix}${key}`, part]],
    ),
  )
}
