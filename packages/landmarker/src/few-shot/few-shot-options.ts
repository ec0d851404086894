import type { Sample } from '@facekp/core'
import type { DetectFaces } from '@facekp/detector'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import { functionSchema, signalSchema } from '../option-schemas.ts'

/** How far a fit is. */
export interface FewShotProgress {
  /** `meshes`: finding the mesh of each image; `refinement`: describing what surrounds the points of each image. */
  readonly stage: 'meshes' | 'refinement'
  /** Number of images that are done, and of all. */
  readonly done: number
  readonly total: number
}

export interface FewShotOptions {
  /**
   * Names what an image belongs to, such as its person: images of one group are left out together, so that the error is that of new
   * people. Default: each image is a group.
   */
  readonly groups?: (sample: Sample) => string | number
  /** Finds the faces; default: that of `@facekp/detector`. */
  readonly detector?: DetectFaces
  /** Test-time augmentation, as that of `loadLandmarker`, also whenever the model is used; default true. */
  readonly tta?: boolean
  /**
   * Whether points are corrected by what the mesh network sees around them. `auto` (default): if cross-validation finds a smaller error.
   */
  readonly refine?: 'auto' | boolean
  readonly onProgress?: (progress: FewShotProgress) => void
  /** Stops the fit, which throws the reason. */
  readonly signal?: AbortSignal
}

/** Options with their defaults. */
export interface ResolvedFewShotOptions {
  readonly groups?: FewShotOptions['groups'] | undefined
  readonly detector?: DetectFaces | undefined
  readonly tta: boolean
  readonly refine: 'auto' | boolean
  readonly onProgress?: FewShotOptions['onProgress'] | undefined
  readonly signal?: AbortSignal | undefined
}

const optionsSchema = z.strictObject({
  groups: functionSchema<NonNullable<FewShotOptions['groups']>>(),
  detector: functionSchema<DetectFaces>(),
  tta: z._default(z.boolean(), true),
  refine: z._default(z.literal(['auto', true, false]), 'auto'),
  onProgress: functionSchema<NonNullable<FewShotOptions['onProgress']>>(),
  signal: signalSchema,
})

/**
 * Checks options and fills in their defaults.
 *
 * @throws FacekpError `LANDMARKER_OPTION`
 */
export function resolveFewShotOptions(options: FewShotOptions): ResolvedFewShotOptions {
  return parseOptions({ schema: optionsSchema, value: options, code: 'LANDMARKER_OPTION', name: 'fitFewShot' })
}
