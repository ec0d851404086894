import { checkArgument, type KeypointScheme, listKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { ANNOTATED_IMAGE } from '../annotations/annotation-kinds.ts'
import type { AnnotatedFace, AnnotatedImage } from '../annotations/annotations.ts'
import { escapeXml } from '../annotations/parse-xml.ts'

const SERIALIZE_CVAT_IMAGES = listKind(ANNOTATED_IMAGE)

/**
 * Writes annotations as "CVAT for images 1.1": a skeleton per face. Points that are not labeled get `outside="1"`, hidden ones
 * `occluded="1"`. Boxes and ignored regions have no place in a skeleton and are left out.
 */
export function serializeCvat(images: readonly AnnotatedImage[], scheme: KeypointScheme): string {
  checkArgument(SERIALIZE_CVAT_IMAGES, images, 'images', 'serializeCvat')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'serializeCvat')
  const labels = scheme.pointNames.map(
    (name) => `<label><name>${escapeXml(name)}</name><type>points</type><parent>face</parent></label>`,
  )
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<annotations>',
    '<version>1.1</version>',
    `<meta><task><labels><label><name>face</name><type>skeleton</type></label>${labels.join('')}</labels></task></meta>`,
    ...images.map((image, index) => serializeImage(image, index, scheme)),
    '</annotations>',
    '',
  ].join('\n')
}

function serializeImage({ file, width, height, faces }: AnnotatedImage, id: number, scheme: KeypointScheme): string {
  const size = width === undefined || height === undefined ? '' : ` width="${width}" height="${height}"`
  const skeletons = faces.filter(({ ignored }) => !ignored).map((face) => serializeFace(face, scheme))
  return [`<image id="${id}" name="${escapeXml(file)}"${size}>`, ...skeletons, '</image>'].join('\n')
}

function serializeFace(face: AnnotatedFace, scheme: KeypointScheme): string {
  const points = new Map(face.points.map((point) => [point.name, point]))
  const elements = scheme.pointNames.map((name) => {
    const point = points.get(name)
    const outside = point ? 0 : 1
    const occluded = point && !point.isVisible ? 1 : 0
    const place = point ? `${point.x},${point.y}` : '0,0'
    return `  <points label="${escapeXml(name)}" source="manual" outside="${outside}" occluded="${occluded}" points="${place}"></points>`
  })
  return ['<skeleton label="face" source="manual" z_order="0">', ...elements, '</skeleton>'].join('\n')
}
