import { NCHW, toMemoryShape } from '../lowering/layout.ts'
import type { Lowered } from '../lowering/value.ts'

/** Returns a node's output in NCHW as the result of an operation; `shape` is [batch, height, width, channels]. */
export function asNchw(name: string, shape: readonly number[]): Lowered {
  return { name, layout: NCHW, shape: toMemoryShape(shape, NCHW) }
}
