import { type Box, checkArgument, FacekpError, mapBox, rotation as rotateAround } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as z from 'zod/mini'
import type { AnnotatedFace, AnnotatedImage, AnnotatedPoint, Annotations } from '../annotations/annotations.ts'
import { coordinateSchema, sizeSchema } from '../annotations/coordinate-schema.ts'
import { isImageName } from '../annotations/image-extensions.ts'
import { parseFields } from '../annotations/parse-fields.ts'

const valueSchema = z.looseObject({
  x: z.optional(coordinateSchema),
  y: z.optional(coordinateSchema),
  width: z.optional(coordinateSchema),
  height: z.optional(coordinateSchema),
  rotation: z.optional(z.number()),
  keypointlabels: z.optional(z.array(z.string())),
  rectanglelabels: z.optional(z.array(z.string())),
})

const resultSchema = z.looseObject({
  id: z.optional(z.string()),
  type: z.string(),
  value: z.optional(valueSchema),
  original_width: z.optional(sizeSchema),
  original_height: z.optional(sizeSchema),
  image_rotation: z.optional(z.number()),
  parentID: z.nullish(z.string()),
  from_id: z.optional(z.string()),
  to_id: z.optional(z.string()),
})

const annotationSchema = z.looseObject({ result: z.array(resultSchema), was_cancelled: z.nullish(z.boolean()) })

const taskSchema = z.looseObject({
  data: z.record(z.string(), z.unknown()),
  file_upload: z.nullish(z.string()),
  annotations: z.optional(z.array(annotationSchema)),
  completions: z.optional(z.array(annotationSchema)),
})

type Result = z.output<typeof resultSchema>
type Task = z.output<typeof taskSchema>

/** Prefix that Label Studio puts before the name of an uploaded file. A date before a name looks alike. */
const UPLOAD_PREFIX = /^[0-9a-f]{8}-/
/** Address of a file that Label Studio serves from a folder. */
const LOCAL_FILE = /\/local-files\/?\?(?:.*&)?d=([^&]+)/
/** Query of an address, such as that of a signed one. A name may contain a question mark too. */
const QUERY = /\?[^?=/]+=.*$/
/** Types of results that are shapes, but neither labeled keypoints nor labeled rectangles. */
const OTHER_SHAPE = /^(?:(?:polygon|ellipse|brush|bitmask|vector)(?:labels)?|keypoint|rectangle|labels)$/
const HIDDEN_LABELS = new Set(['hidden', 'occluded', 'invisible'])

const isHiddenLabel = (label: string): boolean => HIDDEN_LABELS.has(label.toLowerCase())

/**
 * Parses Label Studio's JSON export: `keypointlabels` in percent of the image. Points of one `parentID`, or joined by `relation` items, are
 * one face; a rectangle among them is its box; points that belong to nothing are one face together. Old exports with `completions` are read
 * too. The first annotation that was not canceled counts.
 *
 * A point whose labels include `hidden`, `occluded` or `invisible` is hidden, else visible; the first other label is its name. A point without a
 * result is not labeled.
 *
 * @throws FacekpError `ANNOTATIONS_INVALID` naming the place, also for images that were rotated in the editor
 *
 * Source: https://labelstud.io/guide/export (JSON), https://labelstud.io/tags/keypointlabels
 */
export function parseLabelStudio(json: unknown, file = 'label-studio.json'): Annotations {
  checkArgument(KINDS.string, file, 'file', 'parseLabelStudio')
  const tasks = parseFields(z.array(taskSchema), json, file)
  const names = new Set<string>()
  const warnings: string[] = []
  const others: string[] = []
  const images = tasks.map((task, index) => {
    const annotations = (task.annotations ?? task.completions ?? []).filter(({ was_cancelled }) => !was_cancelled)
    if (annotations.length > 1) warnings.push(`task ${index}: has ${annotations.length} annotations; the first is used`)
    const results = annotations[0]?.result ?? []
    others.push(...results.map(({ type }) => type).filter((type) => OTHER_SHAPE.test(type)))
    return parseTask(task, results, { names, file, index })
  })
  if (others.length > 0) {
    const types = [...new Set(others)].sort().join(', ')
    warnings.push(`${file}: ${others.length} shapes are neither keypointlabels nor rectanglelabels: ${types}`)
  }
  return { format: 'label-studio', images, pointNames: [...names], warnings }
}

interface Context {
  readonly names: Set<string>
  readonly file: string
  /** Of the task. */
  readonly index: number
}

function parseTask(task: Task, results: readonly Result[], context: Context): AnnotatedImage {
  const path = findImage(task.data)
  if (!path) throw invalidError(context, 'data: expected the path or address of an image')
  const rotated = results.find(({ image_rotation = 0 }) => image_rotation % 360 !== 0)
  if (rotated) {
    const problem = `the image was rotated by ${rotated.image_rotation} degrees in the editor, which is not read: rotate the file instead`
    throw invalidError(context, problem)
  }
  const sized = results.find(({ original_width }) => original_width !== undefined)
  const names = readFileNames(path, task.file_upload)
  if (names[0] === undefined) throw invalidError(context, 'data: expected the path or address of an image')
  return {
    file: names[0],
    otherFiles: names.slice(1),
    width: sized?.original_width,
    height: sized?.original_height,
    faces: groupResults(results).flatMap((group) => parseGroup(group, context)),
  }
}

/** Finds the image among the data of a task: `image`, as most labeling interfaces call it, or else the first text that names one, or any. */
function findImage({ image, ...data }: Task['data']): string | undefined {
  if (typeof image === 'string') return image
  const texts = Object.values(data).filter((value) => typeof value === 'string')
  return texts.find((text) => readFileNames(text, undefined).some(isImageName)) ?? texts[0]
}

/** Lists the paths to try: below the upload or local-files address, by its last part, without the prefix of an upload. */
function readFileNames(path: string, upload: string | null | undefined): string[] {
  const raw = LOCAL_FILE.exec(path)?.[1] ?? path.replace(/^[a-z0-9+.-]+:\/\/[^/]*\//i, '').replace(/^\/+/, '')
  const whole = decodeAddress(raw.replace(QUERY, ''))
  const last = whole.split('/').at(-1) as string
  const plain = last.replace(UPLOAD_PREFIX, '')
  const isUpload = Boolean(upload) || path.includes('/upload/')
  const names = isUpload ? [plain, last] : [last, plain]
  return [...new Set([...names, whole, raw, ...(upload ? [upload] : [])])].filter((name) => name !== '')
}

/** Decodes an escaped name; returns a name that is not escaped, such as `100%.jpg`, unchanged. */
function decodeAddress(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Groups results into faces by parentID and relations; all results without either form one group. */
function groupResults(results: readonly Result[]): Result[][] {
  const parents = new Map<string, string>()
  const findRoot = (id: string): string => {
    let root = id
    while (parents.has(root)) root = parents.get(root) as string
    // Later searches go straight to the root.
    for (let node = id; node !== root; ) {
      const next = parents.get(node) as string
      parents.set(node, root)
      node = next
    }
    return root
  }
  const join = (a: string, b: string): void => {
    const root = findRoot(a)
    const other = findRoot(b)
    if (root !== other) parents.set(other, root)
  }
  const connected = new Set<string>()
  for (const { id, type, parentID, from_id, to_id } of results) {
    const [from, to] = type === 'relation' ? [from_id, to_id] : [parentID ?? undefined, id]
    if (from === undefined || to === undefined) continue
    join(from, to)
    connected.add(from).add(to)
  }
  const groups = new Map<string, Result[]>()
  for (const result of results.filter(({ type }) => type !== 'relation')) {
    const key = result.id !== undefined && connected.has(result.id) ? findRoot(result.id) : ''
    const group = groups.get(key)
    if (group) group.push(result)
    else groups.set(key, [result])
  }
  return [...groups.values()]
}

function parseGroup(results: readonly Result[], context: Context): AnnotatedFace[] {
  const points = results.flatMap(({ value, original_width = 0, original_height = 0 }): AnnotatedPoint[] => {
    const labels = value?.keypointlabels ?? []
    const name = labels.find((label) => !isHiddenLabel(label))
    if (name === undefined || value?.x === undefined || value.y === undefined) return []
    if (original_width === 0 || original_height === 0) {
      throw invalidError(context, `point ${name}: expected original_width and original_height, received neither`)
    }
    context.names.add(name)
    const x = (value.x / 100) * original_width
    const y = (value.y / 100) * original_height
    return [{ name, x, y, isVisible: !labels.some(isHiddenLabel) }]
  })
  const box = readBox(results.find(({ value }) => value?.rectanglelabels !== undefined))
  return points.length === 0 && !box ? [] : [{ box, points }]
}

/** Returns the box around a rectangle, which may be rotated clockwise about its top-left corner. */
function readBox(result: Result | undefined): Box | undefined {
  const { x, y, width, height, rotation = 0 } = result?.value ?? {}
  const { original_width, original_height } = result ?? {}
  if (x === undefined || y === undefined || width === undefined || height === undefined) return undefined
  if (original_width === undefined || original_height === undefined) return undefined
  const box = {
    left: (x / 100) * original_width,
    top: (y / 100) * original_height,
    width: (width / 100) * original_width,
    height: (height / 100) * original_height,
  }
  // A point is half a pixel beside the edge of its pixel.
  return rotation === 0 ? box : mapBox(rotateAround(rotation, box.left - 0.5, box.top - 0.5), box)
}

function invalidError({ file, index }: Context, problem: string): FacekpError {
  return new FacekpError({ code: 'ANNOTATIONS_INVALID', file, problem: `task ${index}: ${problem}` })
}
