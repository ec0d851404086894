import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'

/** What is read from a file of weights. */
export interface ReadOptions {
  /** Name of the file in errors (default `weights`). */
  readonly file?: string
  /**
   * Key of the state_dict in a PyTorch checkpoint, such as `generator` or `model.state_dict`. Default: the only one, or the one under
   * a usual key (`state_dict`, `model`, `params` ...).
   */
  readonly key?: string
  /** Reads only the tensors whose names begin with this text, such as `backbone.`, and removes it (default: all). */
  readonly prefix?: string
  /** Whether the moving averages (EMA) of the weights are read in place of the weights (default false). */
  readonly ema?: boolean
}

const schema = z.strictObject({
  file: z._default(z.string(), 'weights'),
  key: z.optional(z.string()),
  prefix: z.optional(z.string()),
  ema: z.optional(z.boolean()),
})

/** Parsed {@link ReadOptions}. */
export interface ParsedReadOptions {
  readonly file: string
  readonly key?: string | undefined
  readonly prefix?: string | undefined
  readonly ema?: boolean | undefined
}

/** Parses the options of a reader; throws `WEIGHTS_OPTIONS`. */
export function parseReadOptions(options: ReadOptions): ParsedReadOptions {
  return parseOptions({ schema, value: options, code: 'WEIGHTS_OPTIONS', name: 'readWeights' })
}
