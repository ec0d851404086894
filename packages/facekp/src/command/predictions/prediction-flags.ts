import type { DetectFlags } from '../detect-options.ts'
import type { BackendFlags } from '../use-landmarker.ts'
import type { PredictionFormat } from './prediction-format.ts'

/** Options of the command that finds the points of images. */
export interface PredictFlags extends BackendFlags, DetectFlags {
  readonly json?: boolean
  readonly to: PredictionFormat
  readonly out?: string
  readonly images?: string
  readonly shard?: string
  readonly video?: boolean
  readonly fps?: number
  readonly overwrite?: boolean
}

/** Options of the command that joins the shards of predictions. */
export interface MergeFlags {
  readonly json?: boolean
  readonly out: string
  readonly list?: string[]
  readonly images?: string
  readonly overwrite?: boolean
}
