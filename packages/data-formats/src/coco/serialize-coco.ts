import { checkArgument, type KeypointScheme, listKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { ANNOTATED_IMAGE } from '../annotations/annotation-kinds.ts'
import type { AnnotatedFace, AnnotatedImage } from '../annotations/annotations.ts'
import { getBox } from '../annotations/get-box.ts'
import { listEdges } from '../schemes/edges.ts'

const SERIALIZE_COCO_IMAGES = listKind(ANNOTATED_IMAGE)

/** The objects of a COCO keypoint file. */
export interface CocoFile {
  readonly images: readonly { id: number; file_name: string; width?: number; height?: number }[]
  readonly annotations: readonly CocoFace[]
  readonly categories: readonly [
    { id: 1; name: string; supercategory: string; keypoints: readonly string[]; skeleton: [number, number][] },
  ]
}

interface CocoFace {
  readonly id: number
  readonly image_id: number
  readonly category_id: 1
  readonly bbox: [number, number, number, number]
  readonly area: number
  readonly iscrowd: 0 | 1
  readonly num_keypoints: number
  readonly keypoints: number[]
}

/**
 * Writes annotations as COCO keypoints: v = 0 not labeled (x = y = 0), 1 hidden, 2 visible; the skeleton follows the scheme's parts.
 * Faces without a box get the box of their points.
 */
export function serializeCoco(images: readonly AnnotatedImage[], scheme: KeypointScheme): CocoFile {
  checkArgument(SERIALIZE_COCO_IMAGES, images, 'images', 'serializeCoco')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'serializeCoco')
  let annotationId = 0
  return {
    images: images.map(({ file, width, height }, index) => ({
      id: index + 1,
      file_name: file,
      ...(width === undefined || height === undefined ? {} : { width, height }),
    })),
    annotations: images.flatMap(({ faces }, index) =>
      faces.map((face) => serializeFace(face, { id: ++annotationId, imageId: index + 1, scheme })),
    ),
    categories: [
      {
        id: 1,
        name: 'face',
        supercategory: 'person',
        keypoints: scheme.pointNames,
        skeleton: listEdges(scheme).map(([from, to]) => [from + 1, to + 1]),
      },
    ],
  }
}

function serializeFace(
  face: AnnotatedFace,
  { id, imageId, scheme }: { readonly id: number; readonly imageId: number; readonly scheme: KeypointScheme },
): CocoFace {
  const points = new Map(face.points.map((point) => [point.name, point]))
  const { left, top, width, height } = getBox(face)
  return {
    id,
    image_id: imageId,
    category_id: 1,
    bbox: [left, top, width, height],
    area: width * height,
    iscrowd: face.ignored ? 1 : 0,
    num_keypoints: points.size,
    keypoints: scheme.pointNames.flatMap((name) => {
      const point = points.get(name)
      return point ? [point.x, point.y, point.isVisible ? 2 : 1] : [0, 0, 0]
    }),
  }
}
