import { FacekpError } from '@facekp/core'
import { z } from 'zod'

const side = (pixels: number): z.ZodDefault<z.ZodInt> => z.int().min(32).max(8192).default(pixels)

export const sizeSchema: Record<'width' | 'height', z.ZodDefault<z.ZodInt>> = { width: side(640), height: side(480) }

export const seedSchema: z.ZodInt = z.int()

/** Throws `SYNTHETIC_OPTIONS` naming what is out of place. */
export function checkOptions<Output>(schema: z.ZodType<Output>, options: unknown): Output {
  const checked = schema.safeParse(options)
  if (checked.success) return checked.data
  throw new FacekpError({
    code: 'SYNTHETIC_OPTIONS',
    problem: 'the options of drawing are not right',
    received: JSON.stringify(options),
    expected: z.prettifyError(checked.error),
    cause: checked.error,
  })
}
