import { createRequire } from 'node:module'
import { FacekpError } from '@facekp/core'
import type { Tensor } from 'onnxruntime-node'

/** The release that this engine was written for and is tested with: its synchronous entry is not documented. */
export const RUNTIME_VERSION = '1.30.0'

export type { Tensor }

/** A compiled model. */
export interface Session {
  /** Runs the model at once; results are written into the tensors of `fetches`. */
  run(feeds: Readonly<Record<string, Tensor>>, fetches: Readonly<Record<string, Tensor>>, options: object): unknown
  dispose(): void
}

export interface Runtime {
  readonly Tensor: typeof Tensor
  createSession(model: Uint8Array, options: { readonly threads: number; readonly provider: string }): Session
}

interface Binding {
  readonly InferenceSession: new () => Session & {
    loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void
  }
}

let loaded: Runtime | undefined

/**
 * ONNX Runtime, loaded once. It goes in by the native binding below `onnxruntime-node`, whose `run` answers at once; the
 * public one blocks its thread as well, yet gives a promise, with which `dataSync` could not be.
 *
 * Throws `ONNX_RUNTIME` where it is not installed, does not load, or is a release without that entry.
 */
export function runtime(): Runtime {
  loaded ??= load(createRequire(import.meta.url))
  return loaded
}

/** For tests beside {@link runtime}. */
export function load(require: (name: string) => unknown): Runtime {
  const from = <T>(name: string, problem: string, expected: string): T => {
    try {
      return require(name) as T
    } catch (cause) {
      throw new FacekpError({
        code: 'ONNX_RUNTIME',
        problem,
        received: (cause as Error).message.split('\n')[0] ?? '',
        expected,
        cause,
      })
    }
  }
  const remedy = `npm install onnxruntime-node@${RUNTIME_VERSION} --onnxruntime-node-install=skip`
  const { Tensor: TensorClass } = from<{ Tensor: typeof Tensor }>(
    'onnxruntime-node',
    'onnxruntime-node cannot be loaded',
    remedy,
  )
  const entry = 'onnxruntime-node/dist/binding.js'
  const { binding, initOrt } = from<{ binding?: Binding; initOrt?: () => void }>(
    entry,
    'this release of onnxruntime-node has no synchronous entry',
    remedy,
  )
  if (typeof binding?.InferenceSession !== 'function' || typeof initOrt !== 'function') {
    throw new FacekpError({
      code: 'ONNX_RUNTIME',
      problem: 'this release of onnxruntime-node has another synchronous entry than the one known',
      expected: remedy,
    })
  }
  initOrt()
  return {
    Tensor: TensorClass,
    createSession(model, { threads, provider }) {
      const session = new binding.InferenceSession()
      session.loadModel(model.buffer, model.byteOffset, model.byteLength, {
        executionProviders: [provider],
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        // Measured: a plan of all memory takes a quarter more of it, and no less time.
        enableMemPattern: false,
        intraOpNumThreads: threads,
        logSeverityLevel: 3,
        // Threads that wait in a loop would burn the processor between the steps.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      })
      return session
    },
  }
}
