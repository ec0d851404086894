import { FacekpError, type KeypointScheme } from '@facekp/core'
import {
  type AnnotatedFace,
  type AnnotatedImage,
  serializeCoco,
  serializeCvat,
  serializeYoloPose,
  serializeYoloPoseConfig,
} from '@facekp/data-formats'
import { strToU8, zipSync } from 'fflate'
import { type FaceLabel, isPlaced } from './labels.ts'
import { nameYoloLabels } from './name-yolo-labels.ts'

/** A format that labels are exported in. */
export type ExportFormat = 'coco' | 'cvat' | 'yolo-pose'

/** An image and its faces. */
export interface LabeledImage {
  /** Path in the folder of the images. */
  readonly file: string
  readonly width: number
  readonly height: number
  readonly faces: readonly FaceLabel[]
}

/** A file to save. */
export interface ExportedFile {
  readonly name: string
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/**
 * Writes labels in a format: one file; for YOLO-pose a zip of `data.yaml` and a label file per image.
 *
 * @throws FacekpError `ANNOTATIONS_DUPLICATE` if two images would have the same label file of YOLO-pose
 */
export function exportLabels(
  format: ExportFormat,
  images: readonly LabeledImage[],
  scheme: KeypointScheme,
): ExportedFile {
  const annotated = images.map((image) => annotate(image, scheme))
  if (format === 'coco') {
    const json = `${JSON.stringify(serializeCoco(annotated, scheme))}\n`
    return { name: `${scheme.name}-coco.json`, type: 'application/json', bytes: encode(json) }
  }
  if (format === 'cvat') {
    return { name: `${scheme.name}-cvat.xml`, type: 'application/xml', bytes: encode(serializeCvat(annotated, scheme)) }
  }
  checkLabelNames(images)
  const labels = annotated.map(
    (image) => [nameYoloLabels(image.file), strToU8(serializeYoloPose(image, scheme))] as const,
  )
  const entries = { 'data.yaml': strToU8(serializeYoloPoseConfig(scheme)), ...Object.fromEntries(labels) }
  return {
    name: `${scheme.name}-yolo-pose.zip`,
    type: 'application/zip',
    bytes: zipSync(entries) as ExportedFile['bytes'],
  }
}

function checkLabelNames(images: readonly LabeledImage[]): void {
  const files = new Map<string, string>()
  for (const { file } of images) {
    const name = nameYoloLabels(file)
    // Windows and macOS unpack names that differ only in case to one file.
    const other = files.get(name.toLowerCase())
    if (other !== undefined) {
      throw new FacekpError({
        code: 'ANNOTATIONS_DUPLICATE',
        problem: `two images have the same label file in YOLO-pose, ${name}`,
        expected: 'names that differ before their endings; or COCO or CVAT, which take these images',
        received: `${other} and ${file}`,
      })
    }
    files.set(name.toLowerCase(), file)
  }
}

function annotate({ file, width, height, faces }: LabeledImage, scheme: KeypointScheme): AnnotatedImage {
  return { file, width, height, faces: faces.map((face) => annotateFace(face, scheme)) }
}

function annotateFace({ box, points }: FaceLabel, { pointNames }: KeypointScheme): AnnotatedFace {
  return {
    box,
    points: points.flatMap((point, index) => {
      const { x, y, state } = point
      return isPlaced(point) ? [{ name: pointNames[index] as string, x, y, isVisible: state !== 'hidden' }] : []
    }),
  }
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>
}
