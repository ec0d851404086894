import * as z from 'zod/mini'

/** Name of a backend, as TensorFlow.js calls it. */
export type BackendName = 'tensorflow' | 'webgpu' | 'webgl' | 'onnx' | 'wasm' | 'cpu'

/** Names of all backends, as TensorFlow.js calls them. */
export const BACKEND_NAMES: readonly BackendName[] = ['tensorflow', 'webgpu', 'webgl', 'onnx', 'wasm', 'cpu']

/** A backend by name, or `auto` for the fastest that loads. */
export const backendChoiceSchema: z.ZodMiniType<BackendName | 'auto', unknown> = z.enum(['auto', ...BACKEND_NAMES])

/** A package that provides a backend. */
export interface Candidate {
  readonly backend: BackendName
  /** Package that provides the backend. */
  readonly package: string
  /**
   * Loads the package and makes its backend the current one of TensorFlow.js.
   *
   * @param choosing true if the choice is automatic: a GPU emulated in software is then rejected
   * @returns what was found, such as the name of the graphics card
   * @throws Unavailable if the machine cannot run the backend
   */
  load(choosing: boolean): Promise<string>
}

/** The reason why a backend is unavailable. */
export class Unavailable extends Error {
  /** How to make it available. */
  readonly remedy: string

  constructor(reason: string, remedy: string, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause })
    this.remedy = remedy
  }
}

/** Result of trying a package that provides a backend. */
export interface BackendAttempt {
  readonly backend: BackendName
  readonly package: string
  readonly outcome: 'active' | 'skipped' | 'not tried'
  /** What was found, or why the package was skipped; empty if it was not tried. */
  readonly detail: string
}

/** The current backend. */
export interface ActiveBackend {
  readonly name: BackendName
  readonly package: string
  /** What was found, such as the name of the graphics card. */
  readonly detail: string
  /** All packages that provide a backend, fastest first. */
  readonly attempts: readonly BackendAttempt[]
}
