import * as z from 'zod/mini'

/** Errors of a landmarker on faces that it was not fitted to; pixels are those of the images. */
export interface LandmarkerMetrics {
  /** Which faces: those that were left out of a fit in turn, or those of a test set. */
  readonly source: 'crossValidation' | 'testSet'
  /** Number of faces. */
  readonly images: number
  /** Mean distance of the points. */
  readonly errorPx: number
  /** Mean distance of each point; null if it was measured on no face. */
  readonly errorPxByPoint: readonly (number | null)[]
  /** Mean distance relative to that of the scheme's normalization pair, if it has one and both are labeled, at different places. */
  readonly nme?: number | undefined
}

export const metricsSchema: z.ZodMiniType<LandmarkerMetrics> = z.object({
  source: z.literal(['crossValidation', 'testSet']),
  images: z.int().check(z.positive()),
  errorPx: z.number(),
  errorPxByPoint: z.array(z.nullable(z.number())),
  nme: z.optional(z.number()),
})
