import { type Box, FacekpError, formatValue } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import type { AnnotatedFace, AnnotatedImage, AnnotatedPoint, Annotations } from '../annotations/annotations.ts'
import { coordinateSchema, sizeSchema } from '../annotations/coordinate-schema.ts'
import { findRange } from '../annotations/find-range.ts'
import { parseFields } from '../annotations/parse-fields.ts'

const id = z.union([z.number(), z.string()])

const categorySchema = z.looseObject({
  id,
  name: z.optional(z.string()),
  keypoints: z.optional(z.array(z.string())),
  skeleton: z.optional(z.array(z.tuple([z.int(), z.int()]))),
})

const imageSchema = z.looseObject({
  id,
  file_name: z.string().check(z.minLength(1)),
  width: z.optional(sizeSchema),
  height: z.optional(sizeSchema),
})

const annotationSchema = z.looseObject({
  image_id: id,
  category_id: z.optional(id),
  bbox: z.optional(z.tuple([coordinateSchema, coordinateSchema, coordinateSchema, coordinateSchema])),
  iscrowd: z.optional(z.union([z.literal(0), z.literal(1), z.boolean()])),
  ignore: z.optional(z.union([z.literal(0), z.literal(1), z.boolean()])),
  keypoints: z.pipe(
    z.nullish(z.array(coordinateSchema)),
    z.transform((values) => values ?? undefined),
  ),
})

const cocoSchema = z.looseObject({
  images: z.array(imageSchema),
  annotations: z.array(annotationSchema),
  categories: z._default(z.array(categorySchema), []),
})

type Coco = z.output<typeof cocoSchema>
type Category = z.output<typeof categorySchema>
type CocoAnnotation = z.output<typeof annotationSchema>

/** What to take of a COCO file. */
export interface ParseCocoOptions {
  /** Name of the category to read; default the only one that has keypoints. */
  readonly category?: string | undefined
  /**
   * What v = 1 means: `hidden` (default; COCO's definition: labeled but not visible) or `visible`, as files such as mmpose's 300-W
   * use it.
   */
  readonly labeledAs?: 'hidden' | 'visible' | undefined
  /** Name of the file in errors; default `coco.json`. */
  readonly file?: string | undefined
}

/**
 * Parses COCO keypoints: `images`, `annotations` with `keypoints` [x, y, v] * N, and the `categories` that name the points.
 *
 * v = 0 is not labeled, 1 labeled but hidden, 2 visible. Without names in the category, points are named by number from 0. Annotations with
 * `iscrowd` or `ignore` are marked as ignored.
 *
 * @throws FacekpError `ANNOTATIONS_INVALID` naming the place in the file; `ANNOTATIONS_CATEGORY` if several categories have keypoints; `READ_OPTIONS`
 * @example
 * ```ts
 * import { parseCoco } from '@facekp/data-formats'
 *
 * const { images, pointNames } = parseCoco(JSON.parse('{ "images": [], "annotations": [], "categories": [] }'))
 * console.log(images.length, pointNames)
 * ```
 *
 * Source: https://cocodataset.org/#format-data (keypoint detection).
 */
export function parseCoco(json: unknown, options: ParseCocoOptions = {}): Annotations {
  const { labeledAs = 'hidden', file = 'coco.json' } = checkOptions(options)
  const coco = parseFields(cocoSchema, json, file)
  const category = chooseCategory(coco, options.category, file)
  const { selected, warnings: categoryWarnings } = selectAnnotations(coco, category, file)
  const annotations = [...selected.values()]
  const pointNames = readPointNames(category, annotations)
  const { edges, warnings: skeletonWarnings } = readSkeleton(category, pointNames.length)
  const images = new Map<number | string, AnnotatedImage & { faces: AnnotatedFace[] }>()
  for (const { id, file_name, width, height } of coco.images) {
    if (images.has(id)) throw invalidError(file, `images: id ${id} occurs more than once`, 'unique ids')
    images.set(id, { file: file_name, width, height, faces: [] })
  }
  for (const [index, annotation] of selected) {
    const image = images.get(annotation.image_id)
    if (!image) {
      const problem = `annotations[${index}].image_id: ${annotation.image_id} is not the id of an image`
      throw invalidError(file, problem, 'an id that occurs in images')
    }
    image.faces.push(parseFace(annotation, { index, file, pointNames, labeledAs }))
  }
  return {
    format: 'coco',
    images: [...images.values()],
    pointNames,
    ...(edges ? { edges } : {}),
    warnings: [...categoryWarnings, ...skeletonWarnings, ...warnOfVisibility(annotations, options.labeledAs)],
  }
}

const optionsSchema = z.strictObject({
  category: z.optional(z.string()),
  labeledAs: z.optional(z.enum(['hidden', 'visible'])),
  file: z.optional(z.string()),
})

function checkOptions(options: ParseCocoOptions): ParseCocoOptions {
  return parseOptions({ schema: optionsSchema, value: options, code: 'READ_OPTIONS' })
}

function chooseCategory(coco: Coco, name: string | undefined, file: string): Category | undefined {
  const used = new Set(coco.annotations.filter(hasKeypoints).map(({ category_id }) => category_id))
  const categories = coco.categories.filter(({ id, keypoints }) => keypoints !== undefined || used.has(id))
  const names = coco.categories.map((category) => category.name ?? String(category.id))
  if (name !== undefined) {
    const category = coco.categories.find((candidate) => (candidate.name ?? String(candidate.id)) === name)
    if (category) return category
    throw categoryError(file, `option category: no category is named ${name}`, names)
  }
  if (categories.length > 1)
    throw categoryError(file, 'several categories have keypoints: choose one by option category', names)
  return categories[0]
}

/**
 * Selects the annotations of a category by their positions; an annotation without a category belongs to it. Those whose category is not
 * listed are left out with a warning, unless none is selected or their id differs from a listed one in its type only.
 */
function selectAnnotations(
  coco: Coco,
  category: Category | undefined,
  file: string,
): { readonly selected: ReadonlyMap<number, CocoAnnotation>; readonly warnings: string[] } {
  const ids = new Set(coco.categories.map(({ id }) => id))
  const texts = new Set([...ids].map(String))
  const selected = new Map<number, CocoAnnotation>()
  let leftOut = 0
  let problem: string | undefined
  for (const [index, annotation] of coco.annotations.entries()) {
    const { category_id } = annotation
    if (!category || category_id === undefined || category_id === category.id) selected.set(index, annotation)
    else if (!ids.has(category_id)) {
      if (texts.has(String(category_id))) throw invalidError(file, describeCategory(index, category_id), LISTED_ID)
      problem ??= describeCategory(index, category_id)
      leftOut++
    }
  }
  if (problem === undefined) return { selected, warnings: [] }
  if (selected.size === 0) throw invalidError(file, problem, LISTED_ID)
  return { selected, warnings: [`${problem}; annotations that are left out for this: ${leftOut}`] }
}

/** What is expected of `category_id`. */
const LISTED_ID = 'an id that occurs in categories'

function describeCategory(index: number, id: number | string): string {
  return `annotations[${index}].category_id: ${formatValue(id)} is not the id of a category`
}

/** Returns the lines between points, counted from 0; none, with a warning, if they are not between points that count from 1. */
function readSkeleton(
  category: Category | undefined,
  count: number,
): { readonly edges?: [from: number, to: number][]; readonly warnings: string[] } {
  if (!category?.skeleton) return { warnings: [] }
  const edges = category.skeleton.map(([from, to]): [number, number] => [from - 1, to - 1])
  if (edges.flat().every((point) => point >= 0 && point < count)) return { edges, warnings: [] }
  const warning = `skeleton: its lines are left out, since not all of them are between points 1 to ${count}`
  return { warnings: [warning] }
}

function readPointNames(category: Category | undefined, annotations: readonly CocoAnnotation[]): string[] {
  if (category?.keypoints && category.keypoints.length > 0) return category.keypoints
  const counts = annotations.map(({ keypoints = [] }) => keypoints.length / 3)
  return Array.from({ length: Math.floor(Math.max(0, findRange(counts).highest)) }, (_, index) => String(index))
}

function parseFace(
  annotation: CocoAnnotation,
  {
    index,
    file,
    pointNames,
    labeledAs,
  }: {
    readonly index: number
    readonly file: string
    readonly pointNames: readonly string[]
    readonly labeledAs: 'hidden' | 'visible'
  },
): AnnotatedFace {
  const { keypoints = [], bbox, iscrowd, ignore } = annotation
  if (keypoints.length > 0 && keypoints.length !== 3 * pointNames.length) {
    const problem = `annotations[${index}].keypoints: expected ${3 * pointNames.length} numbers (x, y, v of ${pointNames.length} points), received ${keypoints.length}`
    throw invalidError(file, problem, 'three numbers for each name in categories.keypoints')
  }
  const points: AnnotatedPoint[] = []
  for (const [point, name] of pointNames.entries()) {
    const [x, y, visibility] = keypoints.slice(3 * point, 3 * point + 3) as [number?, number?, number?]
    if (x === undefined || y === undefined || visibility === undefined || visibility === 0) continue
    if (visibility !== 1 && visibility !== 2) {
      const problem = `annotations[${index}].keypoints: visibility of ${name} is ${visibility}`
      throw invalidError(file, problem, '0 (not labeled), 1 (hidden) or 2 (visible)')
    }
    points.push({ name, x, y, isVisible: visibility === 2 || labeledAs === 'visible' })
  }
  return { box: readBox(bbox), ignored: Boolean(iscrowd) || Boolean(ignore), points }
}

/** An empty bbox, as some tools write it, is no box. */
function readBox(bbox: CocoAnnotation['bbox']): Box | undefined {
  if (!bbox) return undefined
  const [left, top, width, height] = bbox
  return width > 0 && height > 0 ? { left, top, width, height } : undefined
}

function warnOfVisibility(annotations: readonly CocoAnnotation[], labeledAs: ParseCocoOptions['labeledAs']): string[] {
  if (labeledAs !== undefined) return []
  const values = new Set(annotations.flatMap(({ keypoints = [] }) => keypoints.filter((_, index) => index % 3 === 2)))
  if (!values.has(1) || values.has(2)) return []
  return ["every labeled point has v = 1 (hidden) and none v = 2: if they are visible, pass labeledAs: 'visible'"]
}

function hasKeypoints({ keypoints = [] }: CocoAnnotation): boolean {
  return keypoints.length > 0
}

function invalidError(file: string, problem: string, expected: string): FacekpError {
  return new FacekpError({ code: 'ANNOTATIONS_INVALID', file, problem, expected })
}

function categoryError(file: string, problem: string, names: readonly string[]): FacekpError {
  return new FacekpError({ code: 'ANNOTATIONS_CATEGORY', file, problem, expected: `one of ${names.join(', ')}` })
}
