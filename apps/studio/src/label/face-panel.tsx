import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { showView } from '../app/navigation.ts'
import { KeyNames } from '../app/shortcuts-dialog.tsx'
import { Button, IconButton } from '../components/button.tsx'
import { FileName } from '../components/file-name.tsx'
import { Icon, type IconName } from '../components/icon.tsx'
import { ProgressBar } from '../components/progress-bar.tsx'
import { PanelSection } from '../components/workspace.tsx'
import { MIN_IMAGES } from '../fit/quick-fit.ts'
import { isPlaced, MISSING_POINT, type PointState } from '../project/labels.ts'
import {
  confirmedCount,
  confirmedImageCount,
  currentImage,
  images,
  isReadOnly,
  project,
  sources,
} from '../project/project.ts'
import {
  addFace,
  confirmFace,
  hidePoint,
  isAllConfirmed,
  removeFace,
  removePoint,
  reopenFace,
  selected,
  selectedFace,
  showSuggestion,
  suggestion,
  swapPairs,
  swappedPairs,
} from './actions.ts'
import { waitingImages } from './prelabeler.ts'
import { scrollIntoList } from './scroll-into-list.ts'

/** The face that is labeled: its points as a list, and what can be done with them. */
export function FacePanel(): VNode {
  return (
    <>
      <FaceSection />
      <SwapWarning />
      <PointList />
    </>
  )
}

function FaceSection(): VNode {
  const image = currentImage.value
  const face = selectedFace.value
  const faces = image?.faces ?? []
  const count = confirmedCount.value
  const best = suggestion.value
  return (
    <PanelSection title={faces.length > 1 ? `Face ${selected.value.face + 1} of ${faces.length}` : 'Face'}>
      {image && (
        <p class="file-name" title={image.file}>
          <FileName name={image.file} />
        </p>
      )}
      {faces.length > 1 && (
        <div class="face-tabs">
          {faces.map(({ isConfirmed }, index) => (
            <button
              key={index}
              type="button"
              class="face-tab"
              aria-pressed={selected.value.face === index}
              onClick={() => {
                selected.value = { face: index, point: 0 }
              }}
            >
              {index + 1}
              {isConfirmed && <Icon name="check" />}
            </button>
          ))}
        </div>
      )}
      {face && (
        <div class="face-actions">
          {face.isConfirmed ? (
            <Button icon="check" isPressed isDisabled={isReadOnly.value} onClick={reopenFace}>
              Confirmed
            </Button>
          ) : (
            <Button kind="primary" icon="check" isDisabled={isReadOnly.value} onClick={confirmFace}>
              Confirm
            </Button>
          )}
          <IconButton icon="plus" label="Add a face" isDisabled={isReadOnly.value} onClick={addFace} />
          <IconButton icon="trash" label="Remove this face" isDisabled={isReadOnly.value} onClick={removeFace} />
        </div>
      )}
      <p class="hint">{describeProgress(count, confirmedImageCount.value)}</p>
      <SearchProgress />
      {best && (
        <Button icon="star" onClick={showSuggestion}>
          Go to the most useful face
        </Button>
      )}
      {isAllConfirmed.value && (
        <Button kind="primary" icon="sliders" onClick={() => showView('fit')}>
          Go on to Fit
        </Button>
      )}
    </PanelSection>
  )
}

/** How far the search for faces is: here, since the image must not move when it ends. */
function SearchProgress(): VNode | null {
  const waiting = waitingImages.value.length
  if (waiting === 0) return null
  const readable = images.value.filter(({ file }) => sources.value.has(file)).length
  return <ProgressBar label="Finding faces" done={readable - waiting} total={readable} />
}

function describeProgress(count: number, imageCount: number): string {
  if (count === 0) return 'Drag what is wrong, then confirm. Three confirmed images make a first landmarker.'
  const faces = count === 1 ? '1 face is' : `${count} faces are`
  const missing = MIN_IMAGES - imageCount
  if (missing <= 0) return `${faces} confirmed.`
  return `${faces} confirmed; ${missing} more ${missing === 1 ? 'image' : 'images'} for a first landmarker.`
}

function SwapWarning(): VNode | null {
  const pairs = swappedPairs.value
  const names = project.value?.scheme.pointNames ?? []
  if (pairs.length === 0) return null
  return (
    <section class="swap-warning" role="status">
      <p>
        <Icon name="warning" />
        <span>Left and right seem to be exchanged:</span>
      </p>
      <ul>
        {pairs.map(([a, b]) => (
          <li key={a}>
            <bdi>{names[a]}</bdi> ↔ <bdi>{names[b]}</bdi>
          </li>
        ))}
      </ul>
      <Button isDisabled={isReadOnly.value} onClick={swapPairs}>
        Swap them
      </Button>
    </section>
  )
}

const STATES: Readonly<Record<PointState, { readonly label: string; readonly icon?: IconName }>> = {
  missing: { label: 'no place' },
  deleted: { label: 'taken away' },
  prelabeled: { label: 'proposed' },
  corrected: { label: 'corrected', icon: 'check' },
  hidden: { label: 'hidden', icon: 'eyeOff' },
}

function PointList(): VNode | null {
  const scheme = project.value?.scheme
  const face = selectedFace.value
  const { point, face: faceIndex } = selected.value
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    scrollIntoList(list.current, list.current?.querySelector<HTMLElement>('[aria-pressed="true"]'))
  }, [point])
  if (!scheme || !face) return null
  const current = face.points[point] ?? MISSING_POINT
  const { state } = current
  const isFixed = isReadOnly.value || !isPlaced(current)
  return (
    <PanelSection title="Points">
      <div class="point-actions">
        <Button icon={state === 'hidden' ? 'eye' : 'eyeOff'} isDisabled={isFixed} onClick={hidePoint}>
          {state === 'hidden' ? 'Show' : 'Hide'}
        </Button>
        <Button icon="close" isDisabled={isFixed} onClick={removePoint}>
          Take away
        </Button>
      </div>
      {!face.points.every(isPlaced) && (
        <p class="hint">
          Click on the image to place the points without a place, one after the other. By the keyboard, an arrow key
          places the selected point in the middle, and moves it from there.
        </p>
      )}
      <ul class="points" ref={list}>
        {scheme.pointNames.map((name, index) => {
          const { label, icon } = STATES[face.points[index]?.state ?? 'missing']
          return (
            <li key={name}>
              <button
                type="button"
                class="point"
                data-state={face.points[index]?.state}
                aria-pressed={index === point}
                onClick={() => {
                  selected.value = { face: faceIndex, point: index }
                }}
              >
                <bdi class="point-name">{name}</bdi>
                <span class="point-state">
                  {icon && <Icon name={icon} />}
                  {label}
                </span>
              </button>
            </li>
          )
        })}
      </ul>
      <p class="hint keys-hint">
        <KeyNames value="N" /> next point, <KeyNames value="Enter" /> confirm, <KeyNames value="?" /> all keys
      </p>
    </PanelSection>
  )
}
