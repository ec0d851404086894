import { FacekpError } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import * as z from 'zod'

/** Options that coordinators and workers share. */
export interface QueueOptions {
  /** Address of Redis, such as `redis://:PASSWORD@HOST:6379`; `rediss:` for TLS. */
  readonly redis: string
  /** Name of the queue, which coordinator and workers share (default `facekp`). */
  readonly queue?: string | undefined
  /** Is called when something has to be waited for: Redis that is away, or workers that are missing. */
  readonly onWarning?: ((warning: FacekpError) => void) | undefined
}

type OnWarning = (warning: FacekpError) => void

/** The fields of {@link QueueOptions}. */
export const queueOptions: {
  readonly redis: z.ZodType<string>
  readonly queue: z.ZodType<string, string | undefined>
  readonly onWarning: z.ZodType<OnWarning, OnWarning | undefined>
} = {
  redis: z.url({ protocol: /^rediss?$/, error: 'the address of Redis, such as redis://127.0.0.1:6379' }),
  queue: z
    .string()
    .regex(/^[\w.-]+$/, 'letters, digits, dots and hyphens')
    .default('facekp'),
  onWarning: z.custom<OnWarning>((value) => typeof value === 'function', 'a function').default(() => () => undefined),
}

/**
 * Parses options with an address of Redis.
 *
 * @param name of the function that has the options
 * @throws FacekpError `JOBS_OPTION`; its message does not show the password of an address
 */
export function parseQueueOptions<Schema extends z.ZodObject>(
  schema: Schema,
  value: unknown,
  name: string,
): z.output<Schema> {
  const redis = (value as Partial<QueueOptions> | null | undefined)?.redis
  if (typeof redis === 'string' && !queueOptions.redis.safeParse(redis).success) {
    throw new FacekpError({
      code: 'JOBS_OPTION',
      problem: `option redis of ${name}`,
      expected: 'the address of Redis, such as redis://:PASSWORD@HOST:6379; in a password, %2F for / and %40 for @',
      received: redis.replace(/\/\/.*@/, '//…@'),
    })
  }
  return parseOptions({ schema, value, code: 'JOBS_OPTION', name })
}
