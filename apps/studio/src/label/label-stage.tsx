import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { type CanvasFace, ImageCanvas } from '../components/image-canvas.tsx'
import { Spinner } from '../components/spinner.tsx'
import type { ImageRecord } from '../project/database.ts'
import type { ImageSource } from '../project/image-sources.ts'
import { type FaceLabel, toKeypoints } from '../project/labels.ts'
import { currentImage, isReadOnly, project, sources } from '../project/project.ts'
import { addFace, cancelDrag, drag, isMirrored, placePoint, selected, shownFaces, viewport } from './actions.ts'
import { decodeForView, type ViewImage } from './view-bitmaps.ts'

const CONFIRMED_COLOR = '#7ee787'
const OTHER_COLOR = '#9fb4c8'

/** The image with its points, which are dragged and placed. */
export function LabelStage(): VNode {
  const image = currentImage.value
  const file = image?.file
  const source = file === undefined ? undefined : sources.value.get(file)
  const decoded = useBitmap(file, source)
  if (!image) return <div class="label-stage" />
  if (image.status === 'failed' || decoded.failed)
    return (
      <div class="label-stage">
        <EmptyState icon="warning" title="This image cannot be read">
          <p dir="auto">{image.problem ?? `${image.file}: the browser cannot decode it.`}</p>
        </EmptyState>
      </div>
    )
  if (!decoded.image || decoded.file !== file)
    return <div class="label-stage label-stage-empty">{source && <Spinner label="Opening the image" />}</div>
  return (
    <div class="label-stage">
      <ImageCanvas
        image={decoded.image.bitmap}
        // The worker has not read the image yet if its size is not known.
        size={image.width > 0 ? image : decoded.image.size}
        faces={shownFaces.value.map(toCanvasFace)}
        {...(project.value ? { scheme: project.value.scheme } : {})}
        selected={selected.value}
        isMirrored={isMirrored.value}
        viewport={viewport}
        label={describeImage(image)}
        onSelect={(point) => {
          selected.value = point
        }}
        onMove={drag}
        onMoveCancel={cancelDrag}
        onPlace={placePoint}
      />
      {image.status === 'ready' && image.faces.length === 0 && (
        <div class="stage-note">
          <span>No face was found here.</span>
          <Button isDisabled={isReadOnly.value} icon="plus" onClick={addFace}>
            Add a face
          </Button>
        </div>
      )}
    </div>
  )
}

interface DecodedImage {
  readonly file?: string
  readonly image?: ViewImage
  readonly failed?: boolean
}

function useBitmap(file: string | undefined, source: ImageSource | undefined): DecodedImage {
  const [decoded, setDecoded] = useState<DecodedImage>({})
  useEffect(() => {
    let isCurrent = true
    const show = (value: DecodedImage): void => {
      if (isCurrent) setDecoded(value)
    }
    setDecoded({})
    if (file !== undefined && source)
      decodeForView(file).then(
        (image) => show(image ? { file, image } : {}),
        () => show({ file, failed: true }),
      )
    return () => {
      isCurrent = false
    }
  }, [file, source])
  return decoded
}

function toCanvasFace(face: FaceLabel, index: number): CanvasFace {
  const { keypoints, visibility } = toKeypoints(face)
  const isSelected = index === selected.value.face
  const base = { points: keypoints, visibility }
  if (face.isConfirmed) return { ...base, color: CONFIRMED_COLOR }
  return isSelected ? base : { ...base, color: OTHER_COLOR }
}

function describeImage({ file, faces }: ImageRecord): string {
  const count = faces.length === 1 ? '1 face' : `${faces.length} faces`
  return `${file}, ${count}. The points are listed beside it.`
}
