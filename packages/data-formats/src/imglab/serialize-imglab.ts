import { type Box, checkArgument, type KeypointScheme, listKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { ANNOTATED_IMAGE } from '../annotations/annotation-kinds.ts'
import type { AnnotatedFace, AnnotatedImage } from '../annotations/annotations.ts'
import { getBox } from '../annotations/get-box.ts'
import { escapeXml } from '../annotations/parse-xml.ts'

const SERIALIZE_IMGLAB_IMAGES = listKind(ANNOTATED_IMAGE)

/**
 * Writes annotations as the XML of dlib's imglab, in UTF-8. Points are named by their names in the scheme, in dlib's order (sorted as text). The format
 * has no visibility: hidden points become visible. A box without area becomes that of the points; a face that has neither is left out.
 */
export function serializeImglab(images: readonly AnnotatedImage[], scheme: KeypointScheme): string {
  checkArgument(SERIALIZE_IMGLAB_IMAGES, images, 'images', 'serializeImglab')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'serializeImglab')
  return [
    "<?xml version='1.0' encoding='UTF-8'?>",
    '<dataset>',
    `<name>${escapeXml(scheme.name)}</name>`,
    '<images>',
    ...images.flatMap(serializeImage),
    '</images>',
    '</dataset>',
    '',
  ].join('\n')
}

function serializeImage({ file, width, height, faces }: AnnotatedImage): string[] {
  const size = width === undefined || height === undefined ? '' : ` width='${width}' height='${height}'`
  return [`  <image file="${escapeXml(file)}"${size}>`, ...faces.flatMap(serializeFace), '  </image>']
}

function serializeFace(face: AnnotatedFace): string[] {
  const { left, top, width, height } = hasArea(getBox(face)) ? getBox(face) : getBox({ points: face.points })
  if (!hasArea({ width, height })) return []
  const ignore = face.ignored ? " ignore='1'" : ''
  const points = [...face.points].sort((a, b) => (a.name < b.name ? -1 : 1))
  return [
    `    <box top='${top}' left='${left}' width='${width}' height='${height}'${ignore}>`,
    ...points.map(({ name, x, y }) => `      <part name="${escapeXml(name)}" x='${x}' y='${y}'/>`),
    '    </box>',
  ]
}

function hasArea({ width, height }: Pick<Box, 'width' | 'height'>): boolean {
  return width > 0 && height > 0
}
