import { type Box, checkArgument, listKind, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as z from 'zod/mini'
import type { AnnotatedFace, AnnotatedImage, AnnotatedPoint, Annotations } from '../annotations/annotations.ts'
import { coordinateSchema, sizeSchema } from '../annotations/coordinate-schema.ts'
import { splitHiddenSuffix } from '../annotations/hidden-suffix.ts'
import { parseFields } from '../annotations/parse-fields.ts'

const PARSE_LABELME_FILES = listKind(objectKind({ file: KINDS.string }))

const shapeSchema = z.looseObject({
  label: z.string().check(z.minLength(1)),
  points: z.array(z.tuple([coordinateSchema, coordinateSchema])),
  group_id: z.nullish(z.union([z.number(), z.string()])),
  shape_type: z._default(z.string(), 'polygon'),
  flags: z.nullish(z.record(z.string(), z.boolean())),
})

const labelmeSchema = z.looseObject({
  imagePath: z.string().check(z.minLength(1)),
  imageWidth: z.nullish(sizeSchema),
  imageHeight: z.nullish(sizeSchema),
  shapes: z.array(shapeSchema),
})

type Shape = z.output<typeof shapeSchema>

/** The content of a labelme file and its path. */
export interface LabelmeFile {
  readonly json: unknown
  /** Path of the JSON file, for errors. */
  readonly file: string
}

/**
 * Parses labelme's JSON, one file per image: a `point` shape per keypoint, named by its label. Shapes with the same `group_id`
 * form a face; all shapes without `group_id` form one face. A `rectangle` of the same group is its box. `imageData` is ignored.
 *
 * labelme has no visibility: a point is hidden if its flags say `occluded` or `hidden`, or its label ends in `_occluded` or `_hidden`; a
 * point without a shape is not labeled.
 *
 * @throws FacekpError `ANNOTATIONS_INVALID` naming the file and the place within it
 *
 * Source: https://github.com/wkentaro/labelme (label_file.py).
 */
export function parseLabelme(files: readonly LabelmeFile[]): Annotations {
  checkArgument(PARSE_LABELME_FILES, files, 'files', 'parseLabelme')
  const names = new Set<string>()
  const warnings: string[] = []
  const images = files.map(({ json, file }): AnnotatedImage => {
    const { imagePath, imageWidth, imageHeight, shapes } = parseFields(labelmeSchema, json, file)
    const others = shapes.filter(({ shape_type }) => shape_type !== 'point' && shape_type !== 'rectangle')
    if (others.length > 0) warnings.push(`${file}: ${others.length} shapes are neither points nor rectangles`)
    const faces = [...groupShapes(shapes).values()].flatMap((group) => parseGroup(group, names))
    return {
      file: imagePath.replaceAll('\\', '/'),
      width: imageWidth ?? undefined,
      height: imageHeight ?? undefined,
      faces,
    }
  })
  return { format: 'labelme', images, pointNames: [...names], warnings }
}

function groupShapes(shapes: readonly Shape[]): Map<string, Shape[]> {
  const groups = new Map<string, Shape[]>()
  for (const shape of shapes) {
    const key = String(shape.group_id ?? '')
    const group = groups.get(key)
    if (group) group.push(shape)
    else groups.set(key, [shape])
  }
  return groups
}

function parseGroup(shapes: readonly Shape[], names: Set<string>): AnnotatedFace[] {
  const points = shapes.flatMap(({ label, points: coordinates, shape_type, flags }): AnnotatedPoint[] => {
    const [place] = coordinates
    if (shape_type !== 'point' || !place) return []
    const { name, isHidden } = splitHiddenSuffix(label)
    names.add(name)
    const isFlagged = flags?.['occluded'] === true || flags?.['hidden'] === true
    return [{ name, x: place[0], y: place[1], isVisible: !isHidden && !isFlagged }]
  })
  const box = readBox(shapes.find(({ shape_type }) => shape_type === 'rectangle'))
  return points.length === 0 && !box ? [] : [{ box, points }]
}

function readBox(shape: Shape | undefined): Box | undefined {
  const [first, second] = shape?.points ?? []
  if (!first || !second) return undefined
  const left = Math.min(first[0], second[0])
  const top = Math.min(first[1], second[1])
  return { left, top, width: Math.abs(first[0] - second[0]), height: Math.abs(first[1] - second[1]) }
}
