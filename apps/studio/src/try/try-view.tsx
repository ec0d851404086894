import './try.css'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { showError } from '../app/notices.ts'
import { addShortcuts } from '../app/shortcuts.ts'
import { Button } from '../components/button.tsx'
import { DropZone } from '../components/drop-zone.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import type { PathFile } from '../components/path-file.ts'
import { pickFiles } from '../components/pick-files.ts'
import { Workspace } from '../components/workspace.tsx'
import { openOwnLandmarker } from '../landmarking/landmarker-fields.tsx'
import { isLandmarker } from '../landmarking/open-landmarker.ts'
import { ImageStage } from './image-stage.tsx'
import { addImages, removeImages, selectedImage, stepImage, tryImages } from './try-images.ts'
import { TryPanel } from './try-panel.tsx'
import { hasBoxes } from './try-settings.ts'
import { startWebcam, stopWebcam, webcamPhase } from './webcam.ts'
import { WebcamStage } from './webcam-stage.tsx'

/** Finds faces on images and in the webcam, by a ready landmarker or one's own. */
export function TryView(): VNode {
  useEffect(addTryShortcuts, [])
  useEffect(() => stopWebcam, [])
  const isWebcam = webcamPhase.value !== 'off'
  const isEmpty = !isWebcam && !selectedImage.value
  return (
    <DropZone label="images or a landmarker" onDrop={openDropped}>
      <Workspace title="Try" toolbar={isEmpty ? undefined : <TryToolbar />} panel={<TryPanel />}>
        {isWebcam && <WebcamStage />}
        {!isWebcam && selectedImage.value && <ImageStage image={selectedImage.value} />}
        {isEmpty && <TryStart />}
      </Workspace>
    </DropZone>
  )
}

function TryStart(): VNode {
  return (
    <EmptyState
      icon="face"
      title="Find the points of a face"
      actions={
        <>
          <Button kind="primary" icon="image" onClick={openImages}>
            Open images
          </Button>
          <Button icon="webcam" onClick={startWebcam}>
            Use the webcam
          </Button>
          <Button kind="quiet" onClick={tryDrawnFaces}>
            Try drawn faces
          </Button>
        </>
      }
    >
      <p>Drop photographs here. They are looked at in this browser and sent nowhere.</p>
    </EmptyState>
  )
}

function TryToolbar(): VNode {
  const isWebcam = webcamPhase.value !== 'off'
  return (
    <>
      {tryImages.value.length > 0 && !isWebcam && (
        <Button kind="quiet" icon="trash" onClick={removeImages}>
          Clear
        </Button>
      )}
      <Button icon="image" onClick={openImages}>
        Open images
      </Button>
      {isWebcam ? (
        <Button icon="stop" onClick={stopWebcam}>
          Stop the webcam
        </Button>
      ) : (
        <Button icon="webcam" onClick={startWebcam}>
          Webcam
        </Button>
      )}
    </>
  )
}

const DRAWN_FACES = 4

/** The code that draws faces is loaded for those who ask for it. */
async function tryDrawnFaces(): Promise<void> {
  try {
    const { drawFaceFiles } = await import('../components/draw-face-files.ts')
    const files = await drawFaceFiles(DRAWN_FACES)
    addImages(files.map((file) => ({ path: file.name, file })))
  } catch (error) {
    showError(error)
  }
}

async function openImages(): Promise<void> {
  const files = await pickFiles({ accept: 'image/*', isMultiple: true })
  if (files.length === 0) return
  stopWebcam()
  addImages(files)
}

function openDropped(files: readonly PathFile[]): void {
  if (isLandmarker(files)) {
    openOwnLandmarker(files)
    return
  }
  stopWebcam()
  addImages(files)
}

function addTryShortcuts(): () => void {
  return addShortcuts({
    title: 'Try',
    view: 'try',
    shortcuts: [
      { key: 'o', description: 'Open images', run: openImages },
      {
        key: 'w',
        description: 'Webcam on and off',
        run: () => (webcamPhase.peek() === 'off' ? startWebcam() : stopWebcam()),
      },
      { key: 'ArrowRight', description: 'Next image', run: () => stepImage(1) },
      { key: 'ArrowLeft', description: 'Previous image', run: () => stepImage(-1) },
      {
        key: 'b',
        description: 'Boxes on and off',
        run: () => {
          hasBoxes.value = !hasBoxes.peek()
        },
      },
    ],
  })
}
