import { type Signal, signal } from '@preact/signals'
import { showError } from '../app/notices.ts'
import { keepFit, project } from '../project/project.ts'
import { callWorker } from './client.ts'
import type { FitResult } from './protocol.ts'
import { collectFaces } from './quick-fit.ts'

/** A fit of the landmarker that is saved. */
export type FullFit =
  | { readonly phase: 'idle' }
  | { readonly phase: 'fitting'; readonly done: number; readonly total: number }
  | { readonly phase: 'ready'; readonly result: FitResult }

/** The fit that runs or ran last. */
export const fullFit: Signal<FullFit> = signal({ phase: 'idle' })

let controller = new AbortController()

/** Fits the landmarker of the project to all confirmed faces. */
export async function runFullFit(): Promise<void> {
  const record = project.peek()
  if (!record) return
  controller.abort()
  controller = new AbortController()
  const { signal: isStopped } = controller
  try {
    const faces = await collectFaces()
    fullFit.value = { phase: 'fitting', done: 0, total: 2 * faces.length }
    const onProgress = (done: number, total: number): void => {
      fullFit.value = { phase: 'fitting', done, total }
    }
    const { scheme } = record
    const result = await callWorker('fit', { scheme, faces, effort: 'full' }, { onProgress, signal: isStopped })
    fullFit.value = { phase: 'ready', result }
    keepFit({ projectId: record.id, model: result.model, faces: faces.length })
  } catch (error) {
    fullFit.value = { phase: 'idle' }
    if (!isStopped.aborted) showError(error)
  }
}

/** Stops the fit. */
export function stopFullFit(): void {
  controller.abort()
  fullFit.value = { phase: 'idle' }
}
