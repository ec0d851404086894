import { useBackend } from '@facekp/backend'
import { toPlainError } from '@facekp/core'
import { drawFaceFiles } from '../components/draw-face-files.ts'
import { createFaceFinder, type FaceFinder } from './find-faces.ts'
import { createFitter, type Fitter } from './fit-faces.ts'
import type { CallName, LabelingCalls, LabelingRequest, LabelingResponse } from './protocol.ts'
import { rankFaces } from './rank-faces.ts'

/** What a call may use: a signal that ends it, and a report of how far it is. */
interface CallContext {
  readonly signal: AbortSignal
  readonly report: (done: number, total: number) => void
}

type Handlers = {
  readonly [Name in CallName]: (
    value: LabelingCalls[Name]['takes'],
    context: CallContext,
  ) => Promise<LabelingCalls[Name]['gives']>
}

const loaded: { finder?: Promise<FaceFinder>; fitter?: Promise<Fitter>; backend?: Promise<unknown> } = {}

async function loadFinder(): Promise<FaceFinder> {
  loaded.backend ??= useBackend()
  await loaded.backend
  loaded.finder ??= createFaceFinder()
  return loaded.finder
}

async function loadFitter(): Promise<Fitter> {
  loaded.backend ??= useBackend()
  await loaded.backend
  loaded.fitter ??= createFitter()
  return loaded.fitter
}

const handlers: Handlers = {
  findFaces: async (file) => (await loadFinder()).findFaces(file),
  fit: async (request, { signal, report }) => (await loadFitter()).fit(request, { signal, report }),
  rank: async (request, { signal }) => rankFaces(await loadFitter(), request, signal),
  drawFaces: drawFaceFiles,
}

const controllers = new Map<number, AbortController>()
let last: Promise<unknown> = Promise.resolve()

const post = (response: LabelingResponse): void => postMessage(response)

async function run(request: Extract<LabelingRequest, { name: CallName }>): Promise<void> {
  const { id, name, value } = request
  const { signal } = controllers.get(id) as AbortController
  try {
    signal.throwIfAborted()
    const report = (done: number, total: number): void => post({ id, done, total })
    const handler = handlers[name] as (value: unknown, context: CallContext) => ReturnType<Handlers[CallName]>
    post({ id, result: await handler(value, { signal, report }) })
  } catch (error) {
    post({ id, error: toPlainError(error) })
  } finally {
    controllers.delete(id)
  }
}

self.onmessage = ({ data }: MessageEvent<LabelingRequest>) => {
  if (data.name === 'stop') {
    controllers.get(data.id)?.abort()
    return
  }
  controllers.set(data.id, new AbortController())
  last = last.then(() => run(data))
}
