import type { Json } from '@facekp/core'
import * as z from 'zod/mini'

/** The options that are sent to the thread or worker of a training: plain JSON, null by default. */
export const sentOptionsSchema: z.ZodMiniType<Json> = z._default(
  z.custom<Json>((value) => z.json().safeParse(value).success, { error: 'plain JSON' }),
  null,
)
