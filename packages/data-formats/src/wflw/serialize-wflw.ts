import { checkArgument, FacekpError, type KeypointScheme, listKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { ANNOTATED_IMAGE } from '../annotations/annotation-kinds.ts'
import type { AnnotatedImage } from '../annotations/annotations.ts'
import { getBox } from '../annotations/get-box.ts'

const SERIALIZE_WFLW_IMAGES = listKind(ANNOTATED_IMAGE)

const NUM_KEYPOINTS = 98
const FLAGS = ['pose', 'expression', 'illumination', 'makeup', 'occlusion', 'blur'] as const

/**
 * Writes annotations as a list of WFLW, one line per face. The format has no visibility: hidden points become visible. Images without faces and ignored
 * regions have no place in it and are left out.
 *
 * @throws FacekpError `ANNOTATIONS_LOSS` for a scheme of another size than 98 points, or a face with points that are not labeled
 */
export function serializeWflw(images: readonly AnnotatedImage[], scheme: KeypointScheme): string {
  checkArgument(SERIALIZE_WFLW_IMAGES, images, 'images', 'serializeWflw')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'serializeWflw')
  if (scheme.pointNames.length !== NUM_KEYPOINTS) {
    throw lossError(`scheme ${scheme.name}: expected 98 points, received ${scheme.pointNames.length}`)
  }
  const lines = images.flatMap(({ file, faces }) =>
    faces
      .filter(({ ignored }) => !ignored)
      .map((face) => {
        const points = new Map(face.points.map((point) => [point.name, point]))
        const coordinates = scheme.pointNames.flatMap((name) => {
          const point = points.get(name)
          if (!point) throw lossError(`${file}: point ${name} is not labeled, which WFLW cannot say`)
          return [point.x, point.y]
        })
        const { left, top, width, height } = getBox(face)
        const flags = FLAGS.map((name) => Number(face.attributes?.[name] ?? 0))
        return [...coordinates, left, top, left + width, top + height, ...flags, file].join(' ')
      }),
  )
  return lines.map((line) => `${line}\n`).join('')
}

function lossError(problem: string): FacekpError {
  return new FacekpError({ code: 'ANNOTATIONS_LOSS', problem, expected: 'a format that can hold it, such as COCO' })
}
