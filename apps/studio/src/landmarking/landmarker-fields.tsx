import type { BackendAttempt } from '@facekp/backend'
import type { VNode } from 'preact'
import { showError } from '../app/notices.ts'
import { Button } from '../components/button.tsx'
import { SelectField } from '../components/field.tsx'
import type { PathFile } from '../components/path-file.ts'
import { pickFiles } from '../components/pick-files.ts'
import {
  backendChoice,
  chooseBackend,
  chooseLandmarker,
  landmarkerChoice,
  landmarkerState,
  ownLandmarkers,
  READY_LANDMARKERS,
} from './landmarker.ts'
import { openLandmarker } from './open-landmarker.ts'
import type { BackendChoice } from './protocol.ts'

/** Chooses a ready landmarker or one's own. */
export function LandmarkerField(): VNode {
  const choice = landmarkerChoice.value
  const opened = ownLandmarkers.value
  const isLoading = landmarkerState.value.phase === 'loading'
  const ownIndex = choice.kind === 'own' ? opened.indexOf(choice) : -1
  const pending = choice.kind === 'own' && ownIndex < 0 ? [{ value: 'pending', label: choice.name }] : []
  const ownValue = ownIndex < 0 ? 'pending' : `own-${ownIndex}`
  return (
    <div class="field-group">
      <SelectField
        label="Points"
        value={choice.kind === 'ready' ? choice.name : ownValue}
        isDisabled={isLoading}
        options={[
          ...READY_LANDMARKERS.map(({ name, label }) => ({ value: name as string, label })),
          ...opened.map(({ name }, i) => ({ value: `own-${i}`, label: name })),
          ...pending,
        ]}
        onChange={(name) => {
          const ready = READY_LANDMARKERS.find((landmarker) => landmarker.name === name)
          const chosen = ready
            ? { kind: 'ready' as const, name: ready.name }
            : opened[Number(name.slice('own-'.length))]
          if (chosen) chooseLandmarker(chosen)
        }}
      />
      <div class="button-row">
        <Button
          icon="folder"
          isDisabled={isLoading}
          onClick={async () => openOwnLandmarker(await pickFiles({ isFolder: true }))}
        >
          Folder
        </Button>
        <Button
          icon="zip"
          isDisabled={isLoading}
          onClick={async () => openOwnLandmarker(await pickFiles({ accept: '.zip,.json' }))}
        >
          Zip
        </Button>
      </div>
    </div>
  )
}

/** Opens one's own landmarker from a folder or a zip. */
export async function openOwnLandmarker(files: readonly PathFile[]): Promise<void> {
  if (files.length === 0) return
  try {
    await chooseLandmarker(await openLandmarker(files))
  } catch (error) {
    showError(error)
  }
}

const BACKENDS: readonly { readonly value: BackendChoice; readonly label: string }[] = [
  { value: 'auto', label: 'Fastest available' },
  { value: 'webgpu', label: 'WebGPU' },
  { value: 'webgl', label: 'WebGL' },
  { value: 'wasm', label: 'WebAssembly' },
]

/** Chooses where the networks run, and says where they run now. */
export function BackendField(): VNode {
  const state = landmarkerState.value
  return (
    <SelectField
      label="Runs on"
      value={backendChoice.value}
      isDisabled={state.phase === 'loading'}
      options={BACKENDS}
      onChange={chooseBackend}
      hint={
        <>
          {describeState()}
          {listSkipped().map(({ backend, detail }) => (
            <span key={backend} class="field-note" dir="auto">
              {backend} is not used: {detail}
            </span>
          ))}
        </>
      }
    />
  )
}

/** Lists the backends that are faster than the one in use, and are not available. */
function listSkipped(): readonly BackendAttempt[] {
  const state = landmarkerState.value
  if (state.phase !== 'ready') return []
  return state.landmarker.attempts.filter(({ outcome }) => outcome === 'skipped')
}

function describeState(): string {
  const state = landmarkerState.value
  if (state.phase === 'ready') return `Now: ${state.landmarker.backend}, ${state.landmarker.backendDetail}`
  if (state.phase === 'loading') return 'Loading…'
  if (state.phase === 'failed') return 'Could not be loaded.'
  return 'Loaded when it is needed.'
}
