import { checkArgument, FacekpError, flipIndices, type KeypointScheme } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { ANNOTATED_IMAGE } from '../annotations/annotation-kinds.ts'
import type { AnnotatedFace, AnnotatedImage } from '../annotations/annotations.ts'
import { getBox } from '../annotations/get-box.ts'

const DIGITS = 8

/** Writes the YAML file of a YOLO-pose dataset whose images are in `images/` in the same folder. */
export function serializeYoloPoseConfig(scheme: KeypointScheme): string {
  checkArgument(KINDS.scheme, scheme, 'scheme', 'serializeYoloPoseConfig')
  // Flow style; JSON is YAML.
  return `path: .
train: images
val: images
kpt_shape: [${scheme.pointNames.length}, 3]
flip_idx: [${flipIndices(scheme).join(', ')}]
names: {0: face}
kpt_names: {0: ${JSON.stringify(scheme.pointNames)}}
`
}

/**
 * Writes the label file of one image: a line per face, visibility as in COCO. Ignored faces have no place in the format and are left out.
 *
 * @throws FacekpError `ANNOTATIONS_SIZE` without the image's size, which relative coordinates need
 */
export function serializeYoloPose(image: AnnotatedImage, scheme: KeypointScheme): string {
  checkArgument(ANNOTATED_IMAGE, image, 'image', 'serializeYoloPose')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'serializeYoloPose')
  const { file, width, height, faces } = image
  if (width === undefined || height === undefined) {
    throw new FacekpError({
      code: 'ANNOTATIONS_SIZE',
      file,
      problem: 'YOLO-pose needs the size of the image',
      expected: 'width and height',
    })
  }
  const lines = faces.filter(({ ignored }) => !ignored).map((face) => serializeFace(face, { width, height, scheme }))
  return lines.map((line) => `${line}\n`).join('')
}

function serializeFace(
  face: AnnotatedFace,
  { width, height, scheme }: { readonly width: number; readonly height: number; readonly scheme: KeypointScheme },
): string {
  const box = getBox(face)
  const points = new Map(face.points.map((point) => [point.name, point]))
  const numbers = [
    (box.left + box.width / 2) / width,
    (box.top + box.height / 2) / height,
    box.width / width,
    box.height / height,
    ...scheme.pointNames.flatMap((name) => {
      const point = points.get(name)
      return point ? [point.x / width, point.y / height, point.isVisible ? 2 : 1] : [0, 0, 0]
    }),
  ]
  return ['0', ...numbers.map((value) => String(Number(value.toFixed(DIGITS))))].join(' ')
}
