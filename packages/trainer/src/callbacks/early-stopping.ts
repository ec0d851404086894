import { z } from 'zod'
import type { EpochReport } from '../loop/train-options.ts'

/** When a training ends since it no longer gains, as plain JSON. */
export interface EarlyStopping {
  /** So many epochs in a row without a gain end it; at least 1. */
  readonly patience: number
  /** What must fall, default `valErrorPx`. */
  readonly metric?: 'valErrorPx' | 'valLoss' | 'trainLoss' | undefined
  /** A fall by no more than this is no gain; at least 0 (default). */
  readonly minDelta?: number | undefined
}

export const earlyStoppingSchema: z.ZodType<EarlyStopping> = z.strictObject({
  patience: z.number().int().positive(),
  metric: z.enum(['valErrorPx', 'valLoss', 'trainLoss']).optional(),
  minDelta: z.number().nonnegative().optional(),
})

/** How a training stands after the epochs so far. */
export interface Gains {
  /** The epoch of the smallest figure, the first of equals; absent where none was measured. */
  readonly bestEpoch?: number
  /** Whether its patience is over. */
  readonly isOver: boolean
}

/**
 * Follows from the history alone, and so from a checkpoint. A gain is measured from the last one: several small falls become one.
 *
 * Source: Prechelt 1998, Early Stopping - But When?, doi:10.1007/3-540-49430-8_3.
 */
export function gainsOf(
  history: readonly EpochReport[],
  { patience, metric = 'valErrorPx', minDelta = 0 }: EarlyStopping,
): Gains {
  let [smallest, lastGain, waited] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0]
  let bestEpoch: number | undefined
  for (const { epoch, [metric]: figure = Number.NaN } of history) {
    if (figure < smallest) [smallest, bestEpoch] = [figure, epoch]
    if (figure < lastGain - minDelta) [lastGain, waited] = [figure, 0]
    else waited++
  }
  return { ...(bestEpoch === undefined ? {} : { bestEpoch }), isOver: waited >= patience }
}
