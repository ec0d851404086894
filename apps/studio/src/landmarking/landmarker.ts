import type { KeypointScheme } from '@facekp/core'
import { type Signal, signal } from '@preact/signals'
import { describeError } from '../app/describe-error.ts'
import { showNotice } from '../app/notices.ts'
import { createLandmarkingClient, type LandmarkingClient } from './client.ts'
import type { BackendChoice, LandmarkerChoice, LoadedLandmarker } from './protocol.ts'

/** The landmarker of the page. While another is loaded, the one before still detects. */
export type LandmarkerState =
  | { readonly phase: 'idle' | 'failed' }
  | { readonly phase: 'loading'; readonly landmarker?: LoadedLandmarker }
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

/** Returns the points of the landmarker that detects now. */
export function getScheme(state: LandmarkerState): KeypointScheme | undefined {
  return 'landmarker' in state ? state.landmarker?.scheme : undefined
}

let current: Promise<LandmarkingClient> | undefined

/** Returns the worker with the chosen landmarker, which is loaded if it is not yet. */
export function useLandmarking(): Promise<LandmarkingClient> {
  current ??= loadFirst()
  return current
}

async function loadFirst(): Promise<LandmarkingClient> {
  landmarkerState.value = { phase: 'loading' }
  try {
    const { client, landmarker } = await startClient()
    landmarkerState.value = { phase: 'ready', landmarker }
    return client
  } catch (error) {
    // The next call starts afresh.
    current = undefined
    landmarkerState.value = { phase: 'failed' }
    throw error
  }
}

/** Starts a worker with the chosen landmarker on the chosen backend. */
async function startClient(): Promise<{ client: LandmarkingClient; landmarker: LoadedLandmarker }> {
  const client = createLandmarkingClient()
  try {
    const choice = { choice: landmarkerChoice.peek(), backend: backendChoice.peek() }
    return { client, landmarker: await client.call('load', choice) }
  } catch (error) {
    client.close()
    throw error
  }
}

/** Chooses a landmarker. If it cannot be loaded, the error is shown and the one before stays. */
export async function chooseLandmarker(choice: LandmarkerChoice): Promise<void> {
  const before = landmarkerChoice.peek()
  landmarkerChoice.value = choice
  const isLoaded = await replaceClient(choice.name)
  if (!isLoaded) landmarkerChoice.value = before
  else if (choice.kind === 'own' && !ownLandmarkers.peek().includes(choice))
    ownLandmarkers.value = [choice, ...ownLandmarkers.peek()]
}

/** Chooses a backend. If it is not available, the error is shown and the one before stays. */
export async function chooseBackend(choice: BackendChoice): Promise<void> {
  const before = backendChoice.peek()
  backendChoice.value = choice
  if (!(await replaceClient(choice))) backendChoice.value = before
}

let replacing: Promise<unknown> = Promise.resolve()

/** Loads the choice in a worker of its own, one after the other. */
function replaceClient(name: string): Promise<boolean> {
  const result = replacing.then(() => loadChoice(name))
  replacing = result
  return result
}

/** Loads the choice in a new worker, which takes the place of the one before. Calls of that one are aborted. */
async function loadChoice(name: string): Promise<boolean> {
  let before = landmarkerState.peek()
  const landmarker = 'landmarker' in before ? before.landmarker : undefined
  const loading: LandmarkerState = { phase: 'loading', ...(landmarker ? { landmarker } : {}) }
  landmarkerState.value = loading
  const previous = await current?.catch(() => undefined)
  if (landmarkerState.peek() !== loading) {
    // The first landmarker has been loaded meanwhile.
    before = landmarkerState.peek()
    landmarkerState.value = loading
  }
  try {
    const started = await startClient()
    current = Promise.resolve(started.client)
    landmarkerState.value = { phase: 'ready', landmarker: started.landmarker }
    previous?.close()
    return true
  } catch (error) {
    landmarkerState.value = before
    const { title, detail } = describeError(error)
    const rest = landmarker && `Faces are found as before, on ${landmarker.backend}.`
    showNotice({ kind: 'error', title: `${name}: ${title}`, detail: [detail, rest].filter(Boolean).join(' ') })
    return false
  }
}
