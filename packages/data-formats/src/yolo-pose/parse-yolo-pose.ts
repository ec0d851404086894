import { checkArgument, FacekpError, listKind, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { load } from 'js-yaml'
import * as z from 'zod/mini'
import type { AnnotatedFace, AnnotatedImage, AnnotatedPoint, Annotations } from '../annotations/annotations.ts'
import { parseFields } from '../annotations/parse-fields.ts'
import { parseNumber } from '../annotations/parse-number.ts'

const PARSE_YOLO_POSE_CONFIG = objectKind({ numKeypoints: KINDS.size, pointNames: KINDS.strings })
const PARSE_YOLO_POSE_LABELS = listKind(objectKind({ file: KINDS.string, text: KINDS.string }))

/** Most points of a face: names for them are made if the file has none. */
const MAX_KEYPOINTS = 100_000
/** Longest text: names of some hundred points take a few thousand characters. */
const MAX_CONFIG_LENGTH = 250_000

const count = z.int().check(z.positive(), z.maximum(MAX_KEYPOINTS))

const configSchema = z.looseObject({
  path: z.optional(z.string()),
  train: z.optional(z.union([z.string(), z.array(z.string())])),
  val: z.optional(z.union([z.string(), z.array(z.string())])),
  test: z.optional(z.union([z.string(), z.array(z.string())])),
  kpt_shape: z.tuple([count, z.union([z.literal(2), z.literal(3)])]),
  flip_idx: z.optional(z.array(z.int().check(z.nonnegative()))),
  names: z.optional(z.union([z.array(z.string()), z.record(z.string(), z.string())])),
  kpt_names: z.optional(z.union([z.array(z.string()), z.record(z.string(), z.array(z.string()))])),
})

/** What a YOLO-pose YAML file says of its labels. */
export interface YoloPoseConfig {
  readonly numKeypoints: number
  /** Numbers per point: 2 (x, y) or 3 (x, y, visibility). */
  readonly dimensions: 2 | 3
  /** Names of the points; numbers from 0 unless the file has `kpt_names`. */
  readonly pointNames: readonly string[]
  readonly flipPairs?: readonly (readonly [number, number])[]
  /** Root folder, and image folders or lists of the splits, as the file writes them. */
  readonly path?: string | undefined
  readonly splits: Readonly<Partial<Record<'train' | 'val' | 'test', readonly string[]>>>
}

/** The label file of one image. The image's size turns relative coordinates into pixels; without it faces have neither points nor box. */
export interface YoloPoseLabels {
  /** Path of the image. */
  readonly file: string
  readonly width?: number
  readonly height?: number
  /** Content of the label file; empty for an image without faces. */
  readonly text: string
  /** Path of the label file, for errors. */
  readonly labelFile?: string
}

/**
 * Parses the YAML file of a YOLO-pose dataset: `kpt_shape`, `flip_idx`, `kpt_names`, and the paths of its splits.
 *
 * @throws FacekpError `ANNOTATIONS_INVALID` if the YAML or one of these fields is invalid, or `flip_idx` is not a permutation that is its own inverse
 *
 * Source: https://docs.ultralytics.com/datasets/pose/
 */
export function parseYoloPoseConfig(text: string, file = 'data.yaml'): YoloPoseConfig {
  checkArgument(KINDS.string, text, 'text', 'parseYoloPoseConfig')
  checkArgument(KINDS.string, file, 'file', 'parseYoloPoseConfig')
  if (text.length > MAX_CONFIG_LENGTH) {
    const problem = `expected a file of at most ${MAX_CONFIG_LENGTH} characters, received ${text.length}`
    throw new FacekpError({ code: 'ANNOTATIONS_INVALID', file, problem })
  }
  let yaml: unknown
  try {
    yaml = load(text)
  } catch (cause) {
    const problem = `not valid YAML: ${(cause as Error).message.split('\n')[0]}`
    throw new FacekpError({ code: 'ANNOTATIONS_INVALID', file, problem, cause })
  }
  const { kpt_shape, flip_idx, kpt_names, path, train, val, test } = parseFields(configSchema, yaml, file)
  const [numKeypoints, dimensions] = kpt_shape
  const names = Array.isArray(kpt_names) ? kpt_names : Object.values(kpt_names ?? {})[0]
  if (names && names.length !== numKeypoints) {
    const problem = `kpt_names: expected ${numKeypoints} names as in kpt_shape, received ${names.length}`
    throw new FacekpError({ code: 'ANNOTATIONS_INVALID', file, problem })
  }
  return {
    numKeypoints,
    dimensions,
    pointNames: names ?? Array.from({ length: numKeypoints }, (_, index) => String(index)),
    ...(flip_idx ? { flipPairs: parseFlipIndices(flip_idx, numKeypoints, file) } : {}),
    path,
    splits: {
      ...(train === undefined ? {} : { train: [train].flat() }),
      ...(val === undefined ? {} : { val: [val].flat() }),
      ...(test === undefined ? {} : { test: [test].flat() }),
    },
  }
}

/**
 * Parses label files of YOLO-pose: one face per line, `class cx cy w h` and then x y (visibility) of each point, relative to the image's
 * width and height. Visibility is 0 not labeled, 1 hidden, 2 visible; with two numbers per point, a point is visible, or not labeled if it is
 * negative or (0, 0).
 *
 * @throws FacekpError `ANNOTATIONS_INVALID` with file and line
 */
export function parseYoloPose(config: YoloPoseConfig, labels: readonly YoloPoseLabels[]): Annotations {
  checkArgument(PARSE_YOLO_POSE_CONFIG, config, 'config', 'parseYoloPose')
  checkArgument(PARSE_YOLO_POSE_LABELS, labels, 'labels', 'parseYoloPose')
  return {
    format: 'yolo-pose',
    images: labels.map((image) => parseLabels(image, config)),
    pointNames: config.pointNames,
    ...(config.flipPairs ? { flipPairs: config.flipPairs } : {}),
    warnings: [],
  }
}

function parseLabels(labels: YoloPoseLabels, config: YoloPoseConfig): AnnotatedImage {
  const { file, width, height, text, labelFile = file } = labels
  const faces = text.split(/\r\n|\r|\n/).flatMap((content, index): AnnotatedFace[] => {
    if (content.trim() === '') return []
    const line = index + 1
    const numbers = content.trim().split(/\s+/).map(parseNumber)
    const expected = 5 + config.numKeypoints * config.dimensions
    if (numbers.length !== expected || numbers.some(Number.isNaN)) {
      throw new FacekpError({
        code: 'ANNOTATIONS_INVALID',
        file: labelFile,
        line,
        problem: `invalid YOLO-pose line: expected ${expected} numbers for kpt_shape [${config.numKeypoints}, ${config.dimensions}]`,
        received: `${numbers.length} values`,
      })
    }
    checkVisibility(numbers, config, { file: labelFile, line })
    return [{ ...parseFace(numbers, labels, config), line }]
  })
  return { file, width, height, faces }
}

function checkVisibility(
  numbers: readonly number[],
  { dimensions, pointNames }: YoloPoseConfig,
  { file, line }: { readonly file: string; readonly line: number },
): void {
  if (dimensions === 2) return
  for (const [index, name] of pointNames.entries()) {
    const visibility = numbers[5 + 3 * index + 2] as number
    if (visibility === 0 || visibility === 1 || visibility === 2) continue
    throw new FacekpError({
      code: 'ANNOTATIONS_INVALID',
      file,
      line,
      problem: `invalid visibility of point ${name}`,
      received: String(visibility),
      expected: '0 (not labeled), 1 (hidden) or 2 (visible)',
    })
  }
}

function parseFace(
  numbers: readonly number[],
  { width, height }: Pick<YoloPoseLabels, 'width' | 'height'>,
  { dimensions, pointNames }: YoloPoseConfig,
): AnnotatedFace {
  if (width === undefined || height === undefined) return { points: [] }
  const [, cx, cy, w, h] = numbers as [number, number, number, number, number]
  const points = pointNames.flatMap((name, index): AnnotatedPoint[] => {
    const at = 5 + index * dimensions
    const x = numbers[at] as number
    const y = numbers[at + 1] as number
    const isUnset = x < 0 || y < 0 || (x === 0 && y === 0)
    const missing = isUnset ? 0 : 2
    const visibility = dimensions === 3 ? numbers[at + 2] : missing
    return visibility === 0 ? [] : [{ name, x: x * width, y: y * height, isVisible: visibility !== 1 }]
  })
  const box = { left: (cx - w / 2) * width, top: (cy - h / 2) * height, width: w * width, height: h * height }
  return { ...(w > 0 && h > 0 ? { box } : {}), points }
}

function parseFlipIndices(indices: readonly number[], numKeypoints: number, file: string): [number, number][] {
  const isInvolution =
    indices.length === numKeypoints && indices.every((to, from) => to < numKeypoints && indices[to] === from)
  if (!isInvolution) {
    throw new FacekpError({
      code: 'ANNOTATIONS_INVALID',
      file,
      problem: 'flip_idx: flipping twice does not restore the order of the points',
      received: JSON.stringify(indices).slice(0, 80),
      expected: `a permutation of 0 to ${numKeypoints - 1} that exchanges pairs of points`,
    })
  }
  return indices.flatMap((to, from) => (from < to ? [[from, to] as [number, number]] : []))
}
