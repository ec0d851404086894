import { checkArgument } from '../arguments/check-argument.ts'
import * as KINDS from '../arguments/kinds.ts'
import { FacekpError } from '../errors.ts'

/** A line of points, such as the jaw: for drawing and for errors by part. */
export interface KeypointPart {
  readonly name: string
  /** Points in drawing order. */
  readonly indices: readonly number[]
  /** Whether the last point connects to the first. */
  readonly closed: boolean
}

/** The meaning of a dataset's N points. Left and right are the person's. */
export interface KeypointScheme {
  readonly name: string
  /** The N names of the points. */
  readonly pointNames: readonly string[]
  /** Pairs of points that a horizontal flip exchanges; a point in no pair maps to itself. */
  readonly flipPairs: readonly (readonly [number, number])[]
  readonly parts: readonly KeypointPart[]
  /** The two points whose distance normalizes an error (the outer eye corners: inter-ocular distance). */
  readonly normalizationPair?: readonly [number, number]
}

/**
 * Checks a scheme and returns it.
 *
 * @throws `SCHEME_INVALID` if an index is out of range, a point is in two flip pairs or paired with itself, or a name is
 *   repeated
 */
export function defineScheme(scheme: KeypointScheme): KeypointScheme {
  checkArgument(KINDS.definedScheme, scheme, 'scheme', 'defineScheme')
  const { name, pointNames, flipPairs, parts, normalizationPair } = scheme
  const indices = [...flipPairs.flat(), ...parts.flatMap((part) => part.indices), ...(normalizationPair ?? [])]
  const invalid = indices.find((index) => pointNames[index] === undefined)
  if (invalid !== undefined) throw indexError(name, invalid, pointNames.length)
  const repeatedPoint = findRepeated(flipPairs.flat())
  if (repeatedPoint !== undefined) {
    throw schemeError(`scheme ${name}: a point is repeated in flipPairs`, String(repeatedPoint), 'each point once')
  }
  const repeatedName = findRepeated(pointNames) ?? findRepeated(parts.map((part) => part.name))
  if (repeatedName !== undefined) {
    throw schemeError(`scheme ${name}: a name is repeated`, repeatedName, 'unique names of points and of parts')
  }
  return scheme
}

/** Returns, for each point, the index of the point that it becomes in a flipped face: N indices, their own inverse. */
export function flipIndices(scheme: KeypointScheme): readonly number[] {
  checkArgument(KINDS.scheme, scheme, 'scheme', 'flipIndices')
  const indices = scheme.pointNames.map((_, index) => index)
  for (const [a, b] of scheme.flipPairs) {
    indices[a] = b
    indices[b] = a
  }
  return indices
}

/**
 * Creates the scheme of some of the points, in this order. Pairs that lose a point are dropped; parts shrink.
 *
 * @throws `SCHEME_INVALID` if an index is out of range or repeated
 *
 * @example
 * ```ts
 * const nose = pickKeypoints(IMM_58, 'imm-nose', [52])
 * ```
 */
export function pickKeypoints(scheme: KeypointScheme, name: string, indices: readonly number[]): KeypointScheme {
  checkArgument(KINDS.scheme, scheme, 'scheme', 'pickKeypoints')
  checkArgument(KINDS.string, name, 'name', 'pickKeypoints')
  checkArgument(KINDS.array, indices, 'indices', 'pickKeypoints')
  const pointNames = indices.map((index) => {
    const pointName = scheme.pointNames[index]
    if (pointName === undefined) throw indexError(name, index, scheme.pointNames.length)
    return pointName
  })
  const newIndices = new Map(indices.map((index, newIndex) => [index, newIndex]))
  const pickPair = (pair: readonly [number, number]): [number, number] | undefined => {
    const a = newIndices.get(pair[0])
    const b = newIndices.get(pair[1])
    return a === undefined || b === undefined ? undefined : [a, b]
  }
  const pickPart = (part: KeypointPart): KeypointPart => {
    const picked = part.indices.flatMap((index) => newIndices.get(index) ?? [])
    return { ...part, indices: picked, closed: part.closed && picked.length === part.indices.length }
  }
  const normalizationPair = scheme.normalizationPair && pickPair(scheme.normalizationPair)
  return defineScheme({
    name,
    pointNames,
    flipPairs: scheme.flipPairs.map(pickPair).filter((pair) => pair !== undefined),
    parts: scheme.parts.map(pickPart).filter((part) => part.indices.length > 0),
    ...(normalizationPair ? { normalizationPair } : {}),
  })
}

function findRepeated<T>(values: readonly T[]): T | undefined {
  const known = new Set<T>()
  for (const value of values) {
    if (known.has(value)) return value
    known.add(value)
  }
  return undefined
}

function indexError(name: string, index: number, count: number): FacekpError {
  return schemeError(`scheme ${name}: point index out of range`, String(index), `an integer from 0 to ${count - 1}`)
}

function schemeError(problem: string, received: string, expected: string): FacekpError {
  return new FacekpError({ code: 'SCHEME_INVALID', problem, received, expected })
}
