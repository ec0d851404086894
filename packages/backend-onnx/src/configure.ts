import { backend } from './register.ts'
import type { OnnxSettings } from './settings.ts'

/**
 * Changes settings of backend onnx.
 *
 * @throws {FacekpError} `ONNX_SETTINGS` if a setting is unknown or out of range
 *
 * @example
 * ```ts
 * configureOnnx({ maxSessions: 16 })
 * ```
 */
export function configureOnnx(changes: Partial<OnnxSettings>): void {
  backend.configure(changes)
}

/**
 * Sets the number of threads per operation.
 *
 * @param threads at least 1 (default: the machine's cores)
 * @throws {FacekpError} `ONNX_SETTINGS` for any other number
 */
export function setThreads(threads: number): void {
  backend.configure({ threads })
}

/**
 * Counts compiled graphs: all so far, and those in the cache. If `compiled` keeps growing, so does the number of tensor shapes.
 */
export function countOnnxSessions(): { readonly compiled: number; readonly cached: number } {
  return backend.countSessions()
}
