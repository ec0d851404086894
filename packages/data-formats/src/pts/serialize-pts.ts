import { checkArgument, type KeypointScheme } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { ANNOTATED_FACE } from '../annotations/annotation-kinds.ts'
import type { AnnotatedFace } from '../annotations/annotations.ts'

/**
 * Writes one face as `.pts`, pixels counted from 1. Points that are not labeled become NaN, as menpo writes them. The format has no visibility: hidden
 * points become visible.
 */
export function serializePts(face: AnnotatedFace, scheme: KeypointScheme): string {
  checkArgument(ANNOTATED_FACE, face, 'face', 'serializePts')
  const { points } = face
  checkArgument(KINDS.scheme, scheme, 'scheme', 'serializePts')
  const byName = new Map(points.map((point) => [point.name, point]))
  const lines = scheme.pointNames.map((name) => {
    const point = byName.get(name)
    return point ? `${point.x + 1} ${point.y + 1}` : 'nan nan'
  })
  return ['version: 1', `n_points: ${lines.length}`, '{', ...lines, '}', ''].join('\n')
}
