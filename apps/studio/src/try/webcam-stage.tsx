import { type Signal, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { ImageCanvas } from '../components/image-canvas.tsx'
import { Spinner } from '../components/spinner.tsx'
import { type Viewport, WHOLE_IMAGE } from '../components/viewport.ts'
import { getScheme, landmarkerState } from '../landmarking/landmarker.ts'
import { toCanvasFaces } from './canvas-faces.ts'
import { hasBoxes, isMirrored } from './try-settings.ts'
import { webcamFrame } from './webcam.ts'

/** Shows the webcam with the faces of each frame. */
export function WebcamStage(): VNode {
  const viewport: Signal<Viewport> = useSignal(WHOLE_IMAGE)
  const frame = webcamFrame.value
  const state = landmarkerState.value
  const scheme = getScheme(state)
  return (
    <div class="stage-image">
      {frame ? (
        <ImageCanvas
          image={frame.canvas}
          size={{ width: frame.canvas.width, height: frame.canvas.height }}
          version={frame.index}
          faces={toCanvasFaces(frame.faces, hasBoxes.value)}
          {...(scheme ? { scheme } : {})}
          isMirrored={isMirrored.value}
          viewport={viewport}
          label="Webcam"
        />
      ) : (
        <div class="stage-message">
          <Spinner label={state.phase === 'loading' ? 'Loading the landmarker' : 'Opening the webcam'} />
        </div>
      )}
      {frame?.framesPerSecond !== undefined && (
        <div class="stage-rate">
          <strong>{frame.framesPerSecond.toFixed(frame.framesPerSecond < 10 ? 1 : 0)}</strong> frames per second
        </div>
      )}
    </div>
  )
}
