import { availableParallelism } from 'node:os'
import { inspect } from 'node:util'
import { FacekpError } from '@facekp/core'
import { z } from 'zod'

const schema = z
  .object({
    threads: z.number().int().positive(),
    maxSessions: z.number().int().positive(),
    maxModelBytes: z.number().int().positive(),
    maxFreeBytes: z.number().int().nonnegative(),
    provider: z.enum(['cpu', 'webgpu', 'cuda', 'dml', 'coreml']),
  })
  .partial()
  .strict()
  .superRefine((settings, { addIssue }) => {
    for (const [name, value] of Object.entries(settings)) {
      if (value === undefined) addIssue({ code: 'custom', path: [name], message: 'received undefined' })
    }
  })

/** How the backend runs. */
export interface OnnxSettings {
  /** Threads of one operation; default the machine's cores. Sessions compiled before keep theirs. */
  readonly threads: number
  /** Compiled graphs that are kept; beyond them the one not used for longest goes. Default 64. */
  readonly maxSessions: number
  /** Bytes of weights that compiled graphs may hold copies of, for prediction. Default 1 GiB. */
  readonly maxModelBytes: number
  /** Bytes of memory kept for use again. Default 512 MiB. */
  readonly maxFreeBytes: number
  /**
   * What runs the graphs. `webgpu` is the graphics card (or what passes for one), on Linux by Vulkan: what it lacks runs on the processor, and
   * numbers go to and fro with each graph. `cuda`, `dml` and `coreml` are untested and need a build of ONNX Runtime that brings them.
   */
  readonly provider: 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml'
}

export const DEFAULTS: OnnxSettings = {
  threads: availableParallelism(),
  maxSessions: 64,
  maxModelBytes: 2 ** 30,
  maxFreeBytes: 2 ** 29,
  provider: 'cpu',
}

/** Settings changed by some; throws `ONNX_SETTINGS` naming the one that is out of range. */
export function changedSettings(settings: OnnxSettings, changes: Partial<OnnxSettings>): OnnxSettings {
  const parsed = schema.safeParse(changes)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new FacekpError({
      code: 'ONNX_SETTINGS',
      problem: `setting ${issue?.path.join('.') || 'unknown'} cannot be used: ${issue?.message}`,
      received: inspect(changes),
    })
  }
  return { ...settings, ...(parsed.data as Partial<OnnxSettings>) }
}
