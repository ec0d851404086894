import { type Signal, signal } from '@preact/signals'
import { showError } from '../app/notices.ts'
import { createLandmarkingClient, type LandmarkingClient } from './client.ts'
import type { BackendChoice, LandmarkerChoice, LoadedLandmarker } from './protocol.ts'

/** The landmarker of the page: that of Try, and that which pre-labels. */
export type LandmarkerState =
  | { readonly phase: 'idle' | 'loading' | 'failed' }
  | { readonly phase: 'ready'; readonly landmarker: LoadedLandmarker }

/** Names of the landmarkers that come with the page. */
export const READY_LANDMARKERS: readonly { readonly name: 'mesh-468' | 'ibug-68'; readonly label: string }[] = [
  { name: 'ibug-68', label: '68 points (iBUG)' },
  { name: 'mesh-468', label: '468 points (face mesh)' },
]

/** The landmarker that is chosen. */
export const landmarkerChoice: Signal<LandmarkerChoice> = signal({ kind: 'ready', name: 'ibug-68' })

/** One's own landmarkers that were opened or fitted, newest first. */
export const ownLandmarkers: Signal<readonly Extract<LandmarkerChoice, { kind: 'own' }>[]> = signal([])

/** The backend that is chosen. */
export const backendChoice: Signal<BackendChoice> = signal('auto')

/** Whether the chosen landmarker is loaded. */
export const landmarkerState: Signal<LandmarkerState> = signal({ phase: 'idle' })

let client: LandmarkingClient | undefined
let loading: Promise<LandmarkingClient> | undefined

/** Returns the worker with the chosen landmarker, which is loaded if it is not yet. */
export function useLandmarking(): Promise<LandmarkingClient> {
  loading ??= loadChoice()
  return loading
}

async function loadChoice(): Promise<LandmarkingClient> {
  client ??= createLandmarkingClient()
  landmarkerState.value = { phase: 'loading' }
  try {
    const choice = { choice: landmarkerChoice.peek(), backend: backendChoice.peek() }
    const landmarker = await client.call('load', choice)
    landmarkerState.value = { phase: 'ready', landmarker }
    return client
  } catch (error) {
    // The next call starts afresh.
    client.close()
    client = undefined
    loading = undefined
    landmarkerState.value = { phase: 'failed' }
    throw error
  }
}

/** Chooses a landmarker. If it cannot be loaded, the error is shown and the one before is chosen again. */
export async function chooseLandmarker(choice: LandmarkerChoice): Promise<void> {
  const before = landmarkerChoice.peek()
  landmarkerChoice.value = choice
  if (!(await reload())) {
    landmarkerChoice.value = before
    await reload()
    return
  }
  if (choice.kind === 'own' && !ownLandmarkers.peek().includes(choice))
    ownLandmarkers.value = [choice, ...ownLandmarkers.peek()]
}

/** Chooses a backend. If it is not available, the error is shown and the one before is chosen again. */
export async function chooseBackend(choice: BackendChoice): Promise<void> {
  const before = backendChoice.peek()
  backendChoice.value = choice
  if (await reload()) return
  backendChoice.value = before
  await reload()
}

async function reload(): Promise<boolean> {
  // One load after the other: the worker has one landmarker.
  const previous = loading
  loading = (async () => {
    await previous?.catch(() => undefined)
    return loadChoice()
  })()
  try {
    await loading
    return true
  } catch (error) {
    showError(error)
    return false
  }
}
