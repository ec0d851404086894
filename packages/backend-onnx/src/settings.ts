import type { OnnxSettings } from './backend/settings.ts'
import { backend } from './register.ts'

/**
 * Changes how the backend runs: threads, how much it keeps, which provider. Throws `ONNX_SETTINGS` naming what is out of range.
 *
 * @example
 * ```ts
 * configureOnnx({ maxSessions: 16 })
 * ```
 */
export function configureOnnx(changes: Partial<OnnxSettings>): void {
  backend.configure(changes)
}

/** How many threads an operation may use, at least 1; default the machine's cores. Throws `ONNX_SETTINGS` for another number. */
export function setThreads(threads: number): void {
  backend.configure({ threads })
}

/** How many graphs were compiled so far, and how many of those are kept: many compiled means shapes that keep changing. */
export function onnxSessions(): { readonly compiled: number; readonly kept: number } {
  return backend.sessions
}
