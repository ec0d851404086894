import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { showError } from '../app/notices.ts'
import { confirmedCount, fit, keepFit, project } from '../project/project.ts'
import { callWorker } from './client.ts'
import type { FitResult } from './protocol.ts'
import { collectFaces, labelText } from './quick-fit.ts'

/** A fit of the landmarker that is saved. */
export type FullFit =
  | { readonly phase: 'idle' }
  | { readonly phase: 'fitting'; readonly done: number; readonly total: number }
  | { readonly phase: 'ready'; readonly result: FitResult }

/** The fit that runs or ran last. */
export const fullFit: Signal<FullFit> = signal({ phase: 'idle' })

/** The labels of the last fit; undefined until one has ended since the project was opened. */
const fittedLabels: Signal<string | undefined> = signal(undefined)

/** Whether labels have come or changed since the landmarker was fitted. Of one from before, only their number is known. */
export const isFitStale: ReadonlySignal<boolean> = computed(() => {
  if (!fit.value) return false
  if (fittedLabels.value !== undefined) return fittedLabels.value !== labelText.value
  return fit.value.faces !== confirmedCount.value
})

let controller = new AbortController()

/** Fits the landmarker of the project to all confirmed faces. */
export async function runFullFit(): Promise<void> {
  const record = project.peek()
  if (!record) return
  controller.abort()
  controller = new AbortController()
  const { signal: isStopped } = controller
  try {
    const labels = labelText.peek()
    const faces = await collectFaces()
    fullFit.value = { phase: 'fitting', done: 0, total: 2 * faces.length }
    const onProgress = (done: number, total: number): void => {
      fullFit.value = { phase: 'fitting', done, total }
    }
    const { scheme } = record
    const result = await callWorker('fit', { scheme, faces, effort: 'full' }, { onProgress, signal: isStopped })
    fullFit.value = { phase: 'ready', result }
    fittedLabels.value = labels
    keepFit({ projectId: record.id, model: result.model, faces: faces.length })
  } catch (error) {
    fullFit.value = { phase: 'idle' }
    if (!isStopped.aborted) showError(error)
  }
}

/** Forgets the fits of a project that is closed. */
export function clearFits(): void {
  stopFullFit()
  fittedLabels.value = undefined
}

/** Stops the fit. */
export function stopFullFit(): void {
  controller.abort()
  fullFit.value = { phase: 'idle' }
}
