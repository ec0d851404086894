import type { DetectOptions } from '@facekp/detector'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import { objectSchema, signalSchema } from '../option-schemas.ts'
import type { OneEuroOptions } from './one-euro.ts'

export interface TrackOptions {
  /** The detector searches new faces at least every N frames, while there is no face, and after one was lost; default 30. */
  readonly detectEvery?: number
  /** Options of the detector. */
  readonly detect?: DetectOptions
  /** A face with a lower confidence is lost, 0 to 1; default 0.5. */
  readonly minConfidence?: number
  /** Rate of the frames, by which the points are smoothed; default 30. */
  readonly framesPerSecond?: number
  /**
   * One-Euro filter of the points, or false for none. Its speeds are relative to the size of the face (to the side of the square that
   * the network sees). Default: `{ minCutoff: 0.05, beta: 80, derivativeCutoff: 1 }`, that of MediaPipe's pose landmarks.
   */
  readonly smoothing?: OneEuroOptions | false
  /** Stops the iteration, which throws the reason. */
  readonly signal?: AbortSignal
}

const cutoffSchema = z.number().check(z.positive())
const trackSchema = z.strictObject({
  detectEvery: z._default(z.int().check(z.positive()), 30),
  detect: z.optional(objectSchema<DetectOptions>()),
  minConfidence: z._default(z.number().check(z.minimum(0), z.maximum(1)), 0.5),
  framesPerSecond: z._default(z.number().check(z.positive()), 30),
  smoothing: z._default(
    z.union([
      z.literal(false),
      z.strictObject({
        minCutoff: cutoffSchema,
        beta: z.number().check(z.nonnegative()),
        derivativeCutoff: cutoffSchema,
      }),
    ]),
    { minCutoff: 0.05, beta: 80, derivativeCutoff: 1 },
  ),
  signal: signalSchema,
})

/** Options with their defaults. */
export interface ResolvedTrackOptions extends Required<Omit<TrackOptions, 'detect' | 'signal'>> {
  readonly detect?: DetectOptions | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Checks options and fills in their defaults.
 *
 * @throws FacekpError `LANDMARKER_OPTION`
 */
export function resolveTrackOptions(options: TrackOptions): ResolvedTrackOptions {
  return parseOptions({ schema: trackSchema, value: options, code: 'LANDMARKER_OPTION', name: 'track' })
}
