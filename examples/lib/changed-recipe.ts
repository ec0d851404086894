import { FacekpError } from '@facekp/core'
import { listModels } from '@facekp/models'
import { z } from 'zod'
import type { FaceRecipe } from './train-faces.ts'

const share = z.number().min(0).max(1)
const frame = { size: z.number().int().positive(), margin: z.number().nonnegative() }
const moves = {
  degrees: z.number().nonnegative(),
  scale: z.number().min(1),
  shift: z.number().nonnegative(),
  mirrored: share,
}
const light = { contrast: share, brightness: share, shade: share }

/** What may be set anew; what the training takes, it checks itself. */
const changeSchema = z
  .strictObject({
    ...frame,
    arch: z.enum(listModels().map(({ name }) => name)),
    antialias: z.boolean(),
    head: z.enum(['coordinates', 'heatmaps', 'simcc']),
    kept: z.strictObject(frame).partial(),
    epochs: z.unknown(),
    batchSize: z.unknown(),
    learningRate: z.unknown(),
    loss: z.unknown(),
    emaDecay: z.unknown(),
    maxGradientNorm: z.unknown(),
    augmentation: z.strictObject({ ...moves, ...light, occluded: share }).partial(),
    atTest: z.strictObject({ ...moves, views: z.number().int().positive() }).partial(),
  })
  .partial()

/**
 * A recipe with other settings, told as JSON; of `kept`, `augmentation` and `atTest` some are enough. Throws `OPTION_INVALID` for what no
 * recipe has.
 */
export function changedRecipe(recipe: FaceRecipe, change: string | undefined): FaceRecipe {
  if (change === undefined) return recipe
  const refused = (problem: string, cause?: unknown): FacekpError =>
    new FacekpError({
      code: 'OPTION_INVALID',
      problem: `--change ${problem}`,
      received: change,
      expected: `an object with some of ${Object.keys(changeSchema.shape).join(', ')}`,
      cause,
    })
  let settings: unknown
  try {
    settings = JSON.parse(change)
  } catch (cause) {
    throw refused('is no JSON', cause)
  }
  const parsed = changeSchema.safeParse(settings)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] as z.core.$ZodIssue
    throw refused(`cannot be used: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`)
  }
  const { kept, augmentation, atTest, ...whole } = parsed.data
  return {
    ...recipe,
    ...whole,
    kept: { ...recipe.kept, ...kept },
    augmentation: { ...recipe.augmentation, ...augmentation },
    atTest: { ...recipe.atTest, ...atTest },
  } as FaceRecipe
}
