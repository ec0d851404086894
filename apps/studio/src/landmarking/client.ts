import { fromPlainError } from '@facekp/core'
import type { CallName, LandmarkingCalls, LandmarkingRequest, LandmarkingResponse } from './protocol.ts'

/** Calls the worker that detects. */
export interface LandmarkingClient {
  /** Makes a call; bitmaps are moved to the worker, which closes them. */
  readonly call: <Name extends CallName>(
    name: Name,
    value: LandmarkingCalls[Name]['takes'],
  ) => Promise<LandmarkingCalls[Name]['gives']>
  /** Stops the worker at once; calls under way and later ones fail with an `AbortError`. */
  readonly close: () => void
}

interface WaitingCall {
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

/** Starts a worker. */
export function createLandmarkingClient(): LandmarkingClient {
  const worker = new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name: 'landmarking' })
  const waiting = new Map<number, WaitingCall>()
  let nextId = 0
  let isClosed = false
  const failAll = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.onmessage = ({ data }: MessageEvent<LandmarkingResponse>) => {
    const call = waiting.get(data.id)
    waiting.delete(data.id)
    if ('error' in data) call?.reject(fromPlainError(data.error, 'LANDMARKING'))
    else call?.resolve(data.result as never)
  }
  worker.onerror = (event) =>
    failAll(new Error(event.message || 'The code that finds faces could not be loaded. Is the server still running?'))
  return {
    call(name, value) {
      // It would wait forever for a worker that another one has replaced.
      if (isClosed) return Promise.reject(stoppedError())
      const id = nextId++
      const request = { id, name, value } as LandmarkingRequest
      worker.postMessage(request, 'image' in request.value ? [request.value.image] : [])
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
    },
    close() {
      isClosed = true
      worker.terminate()
      failAll(stoppedError())
    },
  }
}

function stoppedError(): DOMException {
  return new DOMException('The worker was stopped', 'AbortError')
}
