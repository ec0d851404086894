import { checkArgument, defineScheme, type KeypointScheme, listKind, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { ANNOTATED_IMAGE } from '../annotations/annotation-kinds.ts'
import type { Annotations } from '../annotations/annotations.ts'
import { partsFromEdges } from './edges.ts'
import { inferFlipPairs } from './infer-flip-pairs.ts'
import { simplifyName } from './match-points.ts'

const INFER_SCHEME_ANNOTATIONS = objectKind({
  pointNames: KINDS.strings,
  images: listKind(ANNOTATED_IMAGE),
})

/** A scheme derived from a file, with warnings about doubtful parts. */
export interface InferredScheme {
  readonly scheme: KeypointScheme
  readonly warnings: readonly string[]
}

/**
 * Derives a keypoint scheme from annotations: its point names in the file's order (numbers in numerical order), flip pairs from the file or
 * else from left and right in the names, parts from the file's lines.
 *
 * @example
 * ```ts
 * import { inferScheme, parseCoco } from '@facekp/data-formats'
 *
 * const keypoints = ['left_eye', 'right_eye', 'nose']
 * const coco = { images: [], annotations: [], categories: [{ id: 1, name: 'face', keypoints }] }
 * const { scheme } = inferScheme(parseCoco(coco), 'my-face')
 * console.log(scheme.flipPairs) // [[0, 1]]
 * ```
 */
export function inferScheme(annotations: Annotations, name = 'inferred'): InferredScheme {
  checkArgument(INFER_SCHEME_ANNOTATIONS, annotations, 'annotations', 'inferScheme')
  checkArgument(KINDS.string, name, 'name', 'inferScheme')
  const order = sortNumbers(annotations.pointNames)
  const pointNames = order.map((index) => annotations.pointNames[index] as string)
  const positions = new Map(order.map((index, position) => [index, position]))
  const move = (pair: readonly [number, number]): [number, number] => [
    positions.get(pair[0]) as number,
    positions.get(pair[1]) as number,
  ]
  const inferred = annotations.flipPairs
    ? { flipPairs: annotations.flipPairs.map(move), warnings: [] }
    : inferFlipPairs(pointNames)
  const scheme = defineScheme({
    name,
    pointNames,
    flipPairs: inferred.flipPairs,
    parts: partsFromEdges((annotations.edges ?? []).map(move)),
  })
  return { scheme, warnings: [...inferred.warnings, ...findAlike(pointNames)] }
}

/** Warns of names that differ in case or separators only, such as those of a misspelled label. */
function findAlike(names: readonly string[]): string[] {
  const known = new Map<string, string>()
  return names.flatMap((name) => {
    const other = known.get(simplifyName(name))
    known.set(simplifyName(name), name)
    return other === undefined
      ? []
      : [`points ${other} and ${name} differ in case or separators only: perhaps one point`]
  })
}

/** Returns positions in numerical order if all names are numbers, otherwise unchanged. dlib sorts numbers as text: 1, 10, 2. */
function sortNumbers(names: readonly string[]): number[] {
  const positions = [...names.keys()]
  if (!names.every((name) => /^\d+$/.test(name))) return positions
  return positions.sort((a, b) => Number(names[a]) - Number(names[b]))
}
