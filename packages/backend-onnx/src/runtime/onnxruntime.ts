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
  /** Runs the model, synchronously if the runtime can; results are written into the tensors of `fetches`. */
  run(feeds: Tensors, fetches: Tensors): void | Promise<void>
  /** Frees the session when all its runs have ended. */
  dispose(): void
}

export interface Runtime {
  readonly Tensor: typeof Tensor
  /** Whether sessions run synchronously. */
  readonly isSynchronous: boolean
  createSession(model: Uint8Array, options: SessionSettings): Session
}

interface SessionSettings {
  readonly threads: number
  readonly provider: string
  /** Whether memory of intermediate results is kept between runs (default true). */
  readonly arena?: boolean
  /** Names of nodes that run on the CPU if the provider is WebGPU. */
  readonly cpuNodes?: readonly string[]
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
 * Returns ONNX Runtime, loaded once.
 *
 * Sessions use the native binding below `onnxruntime-node`, whose `run` is synchronous, because `dataSync()` needs that. If a release has
 * no such binding, they use the public interface, which returns promises.
 *
 * @throws {FacekpError} `ONNX_RUNTIME` if it is not installed or does not load
 */
export function runtime(): Runtime {
  loaded ??= load(createRequire(import.meta.url))
  return loaded
}

/** Loads ONNX Runtime by a function such as Node's `require`; tests pass their own. */
export function load(require: (name: string) => unknown): Runtime {
  // Otherwise it writes an id of this machine to the disk, and sends to Microsoft which models run and how fast.
  process.env.ORT_DISABLE_TELEMETRY ??= '1'
  let publicApi: Public
  try {
    publicApi = require('onnxruntime-node') as Public
  } catch (cause) {
    throw new FacekpError({
      code: 'ONNX_RUNTIME',
      problem: 'onnxruntime-node cannot be loaded',
      received: (cause as Error).message.split('\n')[0] ?? '',
      expected: `release ${RUNTIME_VERSION}, installed by ${INSTALL_COMMAND}`,
      cause,
    })
  }
  const binding = loadBinding(require)
  return {
    Tensor: publicApi.Tensor,
    isSynchronous: binding !== undefined,
    createSession: (model, settings) =>
      binding
        ? createSyncSession(binding, model, settings)
        : createAsyncSession(publicApi.InferenceSession, model, settings),
  }
}

/** The command that installs the release this backend needs. */
export const INSTALL_COMMAND: string = `ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@${RUNTIME_VERSION}`

/** Loads the undocumented binding; returns undefined if it is missing or has another interface. */
function loadBinding(require: (name: string) => unknown): Binding | undefined {
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

function makeSessionOptions({ threads, provider, arena = true, cpuNodes = [] }: SessionSettings) {
  // ONNX Runtime rejects an empty list.
  const hasCpuNodes = provider === 'webgpu' && cpuNodes.length > 0
  return {
    executionProviders: [hasCpuNodes ? { name: provider, forceCpuNodeNames: cpuNodes } : provider],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Measured: planning all memory takes a quarter more memory and saves no time.
    enableMemPattern: false,
    enableCpuMemArena: arena,
    intraOpNumThreads: threads,
    // The runtime throws its errors; it would print them too.
    logSeverityLevel: 4,
    // Threads spin this long from one operation to the next; the default would keep the CPU busy between runs.
    extra: { session: { intra_op: { spin_duration_us: '200' } } },
  } as const
}

function createSyncSession(binding: Binding, model: Uint8Array, settings: SessionSettings): Session {
  const session = new binding.InferenceSession()
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, makeSessionOptions(settings))
  return {
    run(feeds, fetches) {
      try {
        // Models without this output ignore it.
        session.run(feeds, { ...fetches, [STOP_OUTPUT]: null }, {})
      } catch (error) {
        if (!isStopError(error)) throw error
      }
    },
    dispose: () => session.dispose(),
  }
}

function createAsyncSession(
  { create }: Public['InferenceSession'],
  model: Uint8Array,
  settings: SessionSettings,
): Session {
  const created = create(model, makeSessionOptions(settings))
  // If this fails, each run rejects with the reason.
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
