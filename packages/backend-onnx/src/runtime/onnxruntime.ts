import { createRequire } from 'node:module'
import { FacekpError } from '@facekp/core'
import type { Tensor } from 'onnxruntime-node'
import { isStopError, STOP_OUTPUT } from './avoid-output-copies.ts'

/** The release that this backend was written for and is tested with: its synchronous entry is not documented. */
export const RUNTIME_VERSION = '1.30.0'

export type { Tensor }

type Tensors = Readonly<Record<string, Tensor>>

/** A compiled model. */
export interface Session {
  /** Runs the model, at once or by a promise as the runtime can; results are written into the tensors of `fetches`. */
  run(feeds: Tensors, fetches: Tensors): void | Promise<void>
  /** Lets go of it, once what runs has ended. */
  dispose(): void
}

export interface Runtime {
  readonly Tensor: typeof Tensor
  /** Whether sessions run at once. */
  readonly synchronous: boolean
  createSession(model: Uint8Array, options: SessionSettings): Session
}

interface SessionSettings {
  readonly threads: number
  readonly provider: string
  /** Names of nodes that run on the processor where the provider is WebGPU. */
  readonly onProcessor?: readonly string[]
}

interface Binding {
  readonly InferenceSession: new () => {
    loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void
    run(feeds: Tensors, fetches: Readonly<Record<string, Tensor | null>>, options: object): unknown
    dispose(): void
  }
}

type Public = Pick<typeof import('onnxruntime-node'), 'InferenceSession' | 'Tensor'>

let loaded: Runtime | undefined

/**
 * ONNX Runtime, loaded once. It goes in by the native binding below `onnxruntime-node`, whose `run` answers at once; the
 * public one blocks its thread as well, yet gives a promise, with which `dataSync` could not be. It is what is left where another
 * release has no such binding.
 *
 * Throws `ONNX_RUNTIME` where it is not installed or does not load.
 */
export function runtime(): Runtime {
  loaded ??= load(createRequire(import.meta.url))
  return loaded
}

/** For tests beside {@link runtime}. */
export function load(require: (name: string) => unknown): Runtime {
  let entry: Public
  try {
    entry = require('onnxruntime-node') as Public
  } catch (cause) {
    throw new FacekpError({
      code: 'ONNX_RUNTIME',
      problem: 'onnxruntime-node cannot be loaded',
      received: (cause as Error).message.split('\n')[0] ?? '',
      expected: INSTALL_COMMAND,
      cause,
    })
  }
  const binding = bindingOf(require)
  return {
    Tensor: entry.Tensor,
    synchronous: binding !== undefined,
    createSession: (model, settings) =>
      binding
        ? synchronousSession(binding, model, settings)
        : asynchronousSession(entry.InferenceSession, model, settings),
  }
}

/** What would do where the runtime is missing, or is another release. */
export const INSTALL_COMMAND: string = `npm install onnxruntime-node@${RUNTIME_VERSION} --onnxruntime-node-install=skip`

/** The undocumented entry, where it is what is known of it. */
function bindingOf(require: (name: string) => unknown): Binding | undefined {
  try {
    const { binding, initOrt } = require('onnxruntime-node/dist/binding.js') as {
      binding?: Binding
      initOrt?: () => void
    }
    if (typeof binding?.InferenceSession !== 'function' || typeof initOrt !== 'function') return undefined
    initOrt()
    return binding
  } catch {
    return undefined
  }
}

function optionsOf({ threads, provider, onProcessor = [] }: SessionSettings) {
  // An empty list is refused.
  const forced = provider === 'webgpu' && onProcessor.length > 0
  return {
    executionProviders: [forced ? { name: provider, forceCpuNodeNames: onProcessor } : provider],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Measured: a plan of all memory takes a quarter more of it, and no less time.
    enableMemPattern: false,
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
    // Threads wait in a loop from one operation to the next, and no longer: between the steps they would burn the processor.
    extra: { session: { intra_op: { spin_duration_us: '200' } } },
  } as const
}

function synchronousSession(binding: Binding, model: Uint8Array, settings: SessionSettings): Session {
  const session = new binding.InferenceSession()
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, optionsOf(settings))
  return {
    run(feeds, fetches) {
      try {
        // A model without that output passes over it.
        session.run(feeds, { ...fetches, [STOP_OUTPUT]: null }, {})
      } catch (error) {
        if (!isStopError(error)) throw error
      }
    },
    dispose: () => session.dispose(),
  }
}

function asynchronousSession(
  { create }: Public['InferenceSession'],
  model: Uint8Array,
  settings: SessionSettings,
): Session {
  const created = create(model, optionsOf(settings))
  // Whoever runs it is told why it could not be made.
  created.catch(() => {})
  let last: Promise<unknown> = created
  return {
    run(feeds, fetches) {
      const running = created.then(async (session) => {
        await session.run(feeds, fetches)
      })
      last = running
      return running
    },
    dispose() {
      const release = async (): Promise<void> => (await created).release()
      last.then(release, release).catch(() => {})
    },
  }
}
