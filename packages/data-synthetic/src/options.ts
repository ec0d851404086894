import { parseOptions as parse } from '@facekp/options'
import * as z from 'zod'

const sideSchema = z.int().min(32).max(8192)

/** Width and height of the images in pixels. */
export const sizeSchema: Record<'width' | 'height', z.ZodDefault<z.ZodInt>> = {
  width: sideSchema.default(640),
  height: sideSchema.default(480),
}

export const seedSchema: z.ZodInt = z.int()

/** Validates options and fills in defaults. Throws `SYNTHETIC_OPTIONS`, which names the invalid option. */
export function parseOptions<Output>(schema: z.ZodType<Output>, options: unknown): Output {
  return parse({ schema, value: options, code: 'SYNTHETIC_OPTIONS', name: 'synthetic faces' })
}
