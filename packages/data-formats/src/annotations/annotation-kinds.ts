import { type ArgumentKind, listKind, objectKind, optionalKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'

/** A face, as an argument of a public function. */
export const ANNOTATED_FACE: ArgumentKind = objectKind({
  box: optionalKind(KINDS.box),
  points: listKind(objectKind({ name: KINDS.string })),
})

/** An image with its faces, as an argument of a public function. */
export const ANNOTATED_IMAGE: ArgumentKind = objectKind({ file: KINDS.string, faces: listKind(ANNOTATED_FACE) })

/** Annotations, as an argument of a public function. */
export const ANNOTATIONS: ArgumentKind = objectKind({
  images: listKind(ANNOTATED_IMAGE),
  pointNames: KINDS.strings,
  warnings: KINDS.array,
})
