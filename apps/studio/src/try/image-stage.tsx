import { type Signal, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { Icon } from '../components/icon.tsx'
import { ImageCanvas } from '../components/image-canvas.tsx'
import { Spinner } from '../components/spinner.tsx'
import type { Viewport } from '../components/viewport.ts'
import { WHOLE_IMAGE } from '../components/viewport.ts'
import { ZoomButtons } from '../components/zoom-buttons.tsx'
import { getScheme, landmarkerState } from '../landmarking/landmarker.ts'
import { describeCount, toCanvasFaces } from './canvas-faces.ts'
import { decodeBitmap } from './decode-bitmap.ts'
import { selectImage, type TryImage, tryImages } from './try-images.ts'
import { hasBoxes } from './try-settings.ts'

/** Shows an image with its faces, and small copies of all images below. */
export function ImageStage({ image }: { readonly image: TryImage }): VNode {
  const viewport: Signal<Viewport> = useSignal(WHOLE_IMAGE)
  const bitmap = useBitmap(image.file)
  const scheme = getScheme(landmarkerState.value)
  return (
    <>
      <div class="stage-image">
        {bitmap && (
          <ImageCanvas
            image={bitmap}
            size={{ width: bitmap.width, height: bitmap.height }}
            faces={toCanvasFaces(image.faces ?? [], hasBoxes.value)}
            {...(scheme ? { scheme } : {})}
            viewport={viewport}
            label={`${image.name}: ${describeCount(image.faces?.length)}`}
          />
        )}
        <StageMessage image={image} />
        <ZoomButtons viewport={viewport} />
      </div>
      {tryImages.value.length > 1 && <ImageStrip selected={image} />}
    </>
  )
}

function StageMessage({ image: { status, faces, error } }: { readonly image: TryImage }): VNode | null {
  if (status === 'waiting')
    return (
      <div class="stage-message">
        <Spinner label={landmarkerState.value.phase === 'ready' ? 'Finding faces' : 'Loading the landmarker'} />
      </div>
    )
  if (status === 'failed')
    return (
      <div class="stage-message stage-failed" role="alert">
        <Icon name="warning" />
        <span dir="auto">{error}</span>
      </div>
    )
  if (faces?.length === 0)
    return (
      <div class="stage-message" role="status">
        No face was found. Faces that are small, dark or seen from the side are hard to find.
      </div>
    )
  return null
}

function ImageStrip({ selected }: { readonly selected: TryImage }): VNode {
  return (
    <ul class="image-strip" aria-label="Images">
      {tryImages.value.map(({ id, name, thumbnail, status, faces }) => (
        <li key={id}>
          <button
            type="button"
            class="strip-item"
            aria-pressed={id === selected.id}
            aria-label={`${name}: ${status === 'done' ? describeCount(faces?.length) : status}`}
            title={name}
            onClick={() => selectImage(id)}
          >
            {thumbnail ? <img src={thumbnail} alt="" /> : <Icon name={status === 'failed' ? 'warning' : 'image'} />}
            {faces && faces.length !== 1 && <span class="strip-count">{faces.length}</span>}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Decodes an image for the stage; the bitmap before it is freed. */
function useBitmap(file: Blob): ImageBitmap | undefined {
  const bitmap = useSignal<ImageBitmap | undefined>(undefined)
  useEffect(() => {
    let isCurrent = true
    decodeBitmap(file).then(
      (decoded) => {
        if (!isCurrent) return decoded.close()
        bitmap.peek()?.close()
        bitmap.value = decoded
      },
      () => {
        if (isCurrent) bitmap.value = undefined
      },
    )
    return () => {
      isCurrent = false
    }
  }, [file])
  useEffect(() => () => bitmap.peek()?.close(), [])
  return bitmap.value
}
