import { checkArgument, type KeypointScheme, listKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import Papa from 'papaparse'
import { ANNOTATED_IMAGE } from '../annotations/annotation-kinds.ts'
import type { AnnotatedFace, AnnotatedImage } from '../annotations/annotations.ts'

const SERIALIZE_CSV_IMAGES = listKind(ANNOTATED_IMAGE)

const NO_FACE: AnnotatedFace = { points: [] }

/**
 * Writes annotations as wide CSV: `image`, then NAME_x, NAME_y, NAME_v of each point; points that are not labeled are empty with v = 0. An image
 * without faces has one row of such points. Ignored regions are left out.
 */
export function serializeCsv(images: readonly AnnotatedImage[], scheme: KeypointScheme): string {
  checkArgument(SERIALIZE_CSV_IMAGES, images, 'images', 'serializeCsv')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'serializeCsv')
  const header = ['image', ...scheme.pointNames.flatMap((name) => [`${name}_x`, `${name}_y`, `${name}_v`])]
  const rows = images.flatMap(({ file, faces }) => {
    const usedFaces = faces.filter(({ ignored }) => !ignored)
    return (usedFaces.length > 0 ? usedFaces : [NO_FACE]).map((face) => {
      const points = new Map(face.points.map((point) => [point.name, point]))
      const values = scheme.pointNames.flatMap((name) => {
        const point = points.get(name)
        return point ? [point.x, point.y, point.isVisible ? 2 : 1] : ['', '', 0]
      })
      return [file, ...values]
    })
  })
  return `${Papa.unparse([header, ...rows], { newline: '\n' })}\n`
}
