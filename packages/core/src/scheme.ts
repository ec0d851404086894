import { FacekpError } from './errors.ts'

/** A line of points, such as the jaw: for drawing and for errors by part. */
export interface KeypointPart {
  readonly name: string
  /** Points in drawing order. */
  readonly indices: readonly number[]
  /** Whether the last point is joined to the first. */
  readonly closed: boolean
}

/** What the N points of a data set are. Left and right are the person's own. */
export interface KeypointScheme {
  readonly name: string
  /** One name a point; their number is N. */
  readonly pointNames: readonly string[]
  /** Pairs of points that change places in a mirrored face; a point in no pair is its own mirror image. */
  readonly flipPairs: readonly (readonly [number, number])[]
  readonly parts: readonly KeypointPart[]
  /** The two points whose distance normalizes an error (the outer eye corners: inter-ocular distance). */
  readonly normalizationPair?: readonly [number, number]
}

/**
 * Checks a scheme and returns it. Throws `SCHEME_INVALID` where an index is out of range, a point is in two mirror
 * pairs or paired with itself, or a name occurs twice.
 */
export function defineScheme(scheme: KeypointScheme): KeypointScheme {
  const { name, pointNames, flipPairs, parts, normalizationPair } = scheme
  const fail = (problem: string, received: string): never => {
    throw new FacekpError({ code: 'SCHEME_INVALID', problem: `scheme ${name}: ${problem}`, received })
  }
  const inRange = (index: number): boolean => Number.isInteger(index) && index >= 0 && index < pointNames.length

  for (const index of [...flipPairs.flat(), ...parts.flatMap((part) => part.indices), ...(normalizationPair ?? [])]) {
    if (!inRange(index)) fail(`an index is not one of its ${pointNames.length} points`, String(index))
  }
  const twice = firstRepeated(flipPairs.flat())
  if (twice !== undefined) fail('a point stands twice in the mirror pairs', String(twice))
  const sameName = firstRepeated(pointNames) ?? firstRepeated(parts.map((part) => part.name))
  if (sameName !== undefined) fail('a name occurs twice', sameName)
  return scheme
}

/** For each point the one that it becomes in a mirrored face: N indices, its own inverse. */
export function flipIndices(scheme: KeypointScheme): readonly number[] {
  const indices = scheme.pointNames.map((_, index) => index)
  for (const [a, b] of scheme.flipPairs) {
    indices[a] = b
    indices[b] = a
  }
  return indices
}

/**
 * The scheme of some of the points, in the order given: pairs and parts that lose a point shrink or go. Throws
 * `SCHEME_INVALID` where there is no such point, or one is taken twice.
 *
 * @example
 * ```ts
 * const nose = pickKeypoints(IMM_58, 'imm-nose', [52])
 * ```
 */
export function pickKeypoints(scheme: KeypointScheme, name: string, indices: readonly number[]): KeypointScheme {
  const pointNames = indices.map((index) => {
    const pointName = scheme.pointNames[index]
    if (pointName !== undefined) return pointName
    throw new FacekpError({
      code: 'SCHEME_INVALID',
      problem: `scheme ${name}: an index is not one of the ${scheme.pointNames.length} points of ${scheme.name}`,
      received: String(index),
    })
  })
  const places = new Map(indices.map((index, place) => [index, place]))
  const moved = (pair: readonly [number, number]): [number, number] | undefined => {
    const a = places.get(pair[0])
    const b = places.get(pair[1])
    return a === undefined || b === undefined ? undefined : [a, b]
  }
  const pair = scheme.normalizationPair && moved(scheme.normalizationPair)
  return defineScheme({
    name,
    pointNames,
    flipPairs: scheme.flipPairs.flatMap((mirror) => {
      const kept = moved(mirror)
      return kept ? [kept] : []
    }),
    parts: scheme.parts.flatMap((part) => {
      const kept = part.indices.flatMap((index) => places.get(index) ?? [])
      return kept.length === 0
        ? []
        : [{ ...part, indices: kept, closed: part.closed && kept.length === part.indices.length }]
    }),
    ...(pair ? { normalizationPair: pair } : {}),
  })
}

function firstRepeated<T>(values: readonly T[]): T | undefined {
  return values.find((value, place) => values.indexOf(value) !== place)
}
