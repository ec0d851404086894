import { z } from 'zod'

/** The backends that can be asked for by name, as TensorFlow.js calls them. */
export type BackendName = 'tensorflow' | 'webgpu' | 'onnx' | 'wasm' | 'cpu'

/** `auto` is the best that the machine has. */
export const backendChoiceSchema: z.ZodType<BackendName | 'auto', unknown> = z.enum([
  'auto',
  'tensorflow',
  'webgpu',
  'onnx',
  'wasm',
  'cpu',
])

/** A way to a backend. */
export interface Candidate {
  readonly backend: BackendName
  /** The package that brings it. */
  readonly package: string
  /**
   * Loads what the backend needs and registers it with TensorFlow.js. Gives what was found, as a phrase; throws
   * {@link Unavailable} where the machine does not have it.
   *
   * @param choosing true where the backend would be taken for being the fastest: one that only imitates a GPU will not do
   */
  load(choosing: boolean): Promise<string>
}

/** Why a backend cannot be had. */
export class Unavailable extends Error {
  /** What would help, as a phrase. */
  readonly remedy: string

  constructor(reason: string, remedy: string, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause })
    this.remedy = remedy
  }
}

/** What became of a way to a backend. */
export interface Attempt {
  readonly backend: BackendName
  readonly package: string
  readonly outcome: 'taken' | 'left' | 'not tried'
  /** What was found, or why it was left; empty where it was not tried. */
  readonly detail: string
}

/** The backend that runs. */
export interface ActiveBackend {
  readonly name: BackendName
  readonly package: string
  /** What was found, such as the name of the graphics card. */
  readonly detail: string
  /** Every way to a backend, the fastest first. */
  readonly attempts: readonly Attempt[]
}
