import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { AnnotatedFace, AnnotatedImage, Annotations } from '../annotations/annotations.ts'
import { parseNumber } from '../annotations/parse-number.ts'

const NUM_KEYPOINTS = 98
const FLAGS = ['pose', 'expression', 'illumination', 'makeup', 'occlusion', 'blur'] as const
const NUM_FIELDS = 2 * NUM_KEYPOINTS + 4 + FLAGS.length + 1
const POINT_NAMES = Array.from({ length: NUM_KEYPOINTS }, (_, index) => String(index))

/**
 * Parses a list of WFLW: 207 fields per line: x y of 98 points, the corners of the face's rectangle (x_min y_min x_max y_max), six flags
 * (pose, expression, illumination, make-up, occlusion, blur), and the image's path. Lines of one image are its faces. All points are
 * visible: the list has no visibility. The flags become the face's attributes.
 *
 * @throws FacekpError `ANNOTATIONS_INVALID` with file and line
 *
 * Source: Wu et al. 2018, Look at Boundary (https://wywu.github.io/projects/LAB/WFLW.html).
 */
export function parseWflw(text: string, file = 'list_98pt_rect_attr.txt'): Annotations {
  checkArgument(KINDS.string, text, 'text', 'parseWflw')
  checkArgument(KINDS.string, file, 'file', 'parseWflw')
  const images = new Map<string, AnnotatedImage & { faces: AnnotatedFace[] }>()
  for (const [index, content] of text.split(/\r\n|\r|\n/).entries()) {
    if (content.trim() === '') continue
    const line = index + 1
    const { fields, path } = splitLine(content.trim(), file, line)
    const image = images.get(path) ?? { file: path, line, faces: [] }
    images.set(path, image)
    image.faces.push({ ...parseFace(fields, file, line), line })
  }
  return { format: 'wflw', images: [...images.values()], pointNames: POINT_NAMES, warnings: [] }
}

const BEFORE_PATH = new RegExp(`^(?:\\S+\\s+){${NUM_FIELDS - 1}}`)

/** Splits a line into the fields before its path, and the path, which may contain blanks. */
function splitLine(text: string, file: string, line: number): { readonly fields: string[]; readonly path: string } {
  const [before] = BEFORE_PATH.exec(text) ?? []
  if (before !== undefined) return { fields: before.trimEnd().split(/\s+/), path: text.slice(before.length) }
  throw lineError(file, line, `expected ${NUM_FIELDS} fields, received ${text.split(/\s+/).length}`)
}

function parseFace(fields: readonly string[], file: string, line: number): AnnotatedFace {
  const numbers = fields.map(parseNumber)
  const invalid = numbers.findIndex(Number.isNaN)
  if (invalid >= 0)
    throw lineError(file, line, `field ${invalid + 1}: expected a number, received "${fields[invalid]}"`)
  const points = POINT_NAMES.map((name, index) => ({
    name,
    x: numbers[2 * index] as number,
    y: numbers[2 * index + 1] as number,
    isVisible: true,
  }))
  const [left, top, right, bottom] = numbers.slice(2 * NUM_KEYPOINTS, 2 * NUM_KEYPOINTS + 4) as [
    number,
    number,
    number,
    number,
  ]
  const flags = numbers.slice(2 * NUM_KEYPOINTS + 4)
  return {
    box: { left, top, width: right - left, height: bottom - top },
    points,
    attributes: Object.fromEntries(FLAGS.map((name, index) => [name, flags[index] as number])),
  }
}

function lineError(file: string, line: number, problem: string): FacekpError {
  return new FacekpError({ code: 'ANNOTATIONS_INVALID', file, line, problem })
}
