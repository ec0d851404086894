import { availableParallelism } from 'node:os'
import { parseOptions } from '@facekp/options'
import * as z from 'zod'

const schema = z
  .object({
    threads: z.number().int().positive(),
    maxSessions: z.number().int().positive(),
    maxModelBytes: z.number().int().positive(),
    maxFreeBytes: z.number().int().nonnegative(),
    arena: z.boolean(),
    provider: z.enum(['cpu', 'webgpu', 'cuda', 'dml', 'coreml']),
  })
  .partial()
  .strict()
  .superRefine((settings, { addIssue }) => {
    for (const [name, value] of Object.entries(settings)) {
      if (value === undefined) addIssue({ code: 'custom', path: [name], message: 'a value, or no such key' })
    }
  })

/** Settings of backend onnx. */
export interface OnnxSettings {
  /** Threads per operation (default: the machine's cores). */
  readonly threads: number
  /** Most compiled graphs that are cached; the least recently used are evicted (default 64). */
  readonly maxSessions: number
  /** Most bytes of weights that are copied into compiled graphs, for prediction (default 1 GiB). */
  readonly maxModelBytes: number
  /** Most bytes of unused memory that is kept for reuse (default 512 MiB). */
  readonly maxFreeBytes: number
  /**
   * Whether ONNX Runtime keeps the memory of intermediate results from one graph to the next (default true). Without it, training a large network
   * takes a quarter less memory at its peak, and less between steps, but the system has to provide memory anew in each step.
   */
  readonly arena: boolean
  /**
   * ONNX Runtime's execution provider (default `cpu`). `webgpu` computes on the GPU, on Linux by Vulkan; operations that it lacks run on the
   * processor, and numbers are copied with each graph. `cuda`, `dml` and `coreml` are untested and need a build of ONNX Runtime with them.
   */
  readonly provider: 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml'
}

export const DEFAULTS: OnnxSettings = {
  threads: availableParallelism(),
  maxSessions: 64,
  maxModelBytes: 2 ** 30,
  maxFreeBytes: 2 ** 29,
  arena: true,
  provider: 'cpu',
}

/**
 * Returns settings with some of them changed.
 *
 * @throws {FacekpError} `ONNX_SETTINGS` if a setting is unknown or out of range
 */
export function changeSettings(settings: OnnxSettings, changes: Partial<OnnxSettings>): OnnxSettings {
  const parsed = parseOptions({ schema, value: changes, code: 'ONNX_SETTINGS', name: 'backend onnx', noun: 'setting' })
  return { ...settings, ...(parsed as Partial<OnnxSettings>) }
}
