import { parseOptions as parse } from '@facekp/options'
import * as z from 'zod/mini'

const sideSchema = z.int().check(z.minimum(32), z.maximum(8192))

/** Width and height of the images in pixels. */
export const sizeSchema: Record<'width' | 'height', z.ZodMiniDefault<z.ZodMiniInt>> = {
  width: z._default(sideSchema, 640),
  height: z._default(sideSchema, 480),
}

export const seedSchema: z.ZodMiniInt = z.int()

/** Validates options and fills in defaults. Throws `SYNTHETIC_OPTIONS`, which names the invalid option. */
export function parseOptions<Output>(schema: z.ZodMiniType<Output>, options: unknown): Output {
  return parse({ schema, value: options, code: 'SYNTHETIC_OPTIONS', name: 'synthetic faces' })
}
