import { fromPlainError } from '@facekp/core'
import type { CallName, LabelingCalls, LabelingRequest, LabelingResponse } from './protocol.ts'

export interface CallOptions {
  readonly onProgress?: (done: number, total: number) => void
  /** Stops the call, which then fails with the reason. */
  readonly signal?: AbortSignal | undefined
}

interface WaitingCall {
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
  readonly onProgress: CallOptions['onProgress']
}

const waiting = new Map<number, WaitingCall>()
let nextId = 0
let worker: Worker | undefined

/** Calls the worker that finds faces and fits landmarkers, apart from that of the view Try, which must not wait for a fit. */
export function callWorker<Name extends CallName>(
  name: Name,
  value: LabelingCalls[Name]['takes'],
  { onProgress, signal }: CallOptions = {},
): Promise<LabelingCalls[Name]['gives']> {
  if (signal?.aborted) return Promise.reject(signal.reason)
  worker ??= startWorker()
  const id = nextId++
  worker.postMessage({ id, name, value } as LabelingRequest)
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject, onProgress })
    signal?.addEventListener('abort', () => {
      if (!waiting.delete(id)) return
      worker?.postMessage({ id, name: 'stop' } satisfies LabelingRequest)
      reject(signal.reason)
    })
  })
}

function startWorker(): Worker {
  const started = new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name: 'labeling' })
  started.onmessage = ({ data }: MessageEvent<LabelingResponse>) => {
    const call = waiting.get(data.id)
    if (!call) return
    if ('done' in data) {
      call.onProgress?.(data.done, data.total)
      return
    }
    waiting.delete(data.id)
    if ('error' in data) call.reject(fromPlainError(data.error, 'LABELING'))
    else call.resolve(data.result as never)
  }
  started.onerror = (event) => {
    const error = new Error(
      event.message || 'The code that finds faces could not be loaded. Is the server still running?',
    )
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
    worker = undefined
  }
  return started
}
