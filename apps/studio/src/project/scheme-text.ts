import { defineScheme, FacekpError, type KeypointPart, type KeypointScheme } from '@facekp/core'
import { inferFlipPairs } from '@facekp/data-formats'

/** A scheme as a person writes it. */
export interface SchemeText {
  readonly name: string
  /** Names of the points, one a line. */
  readonly points: string
  /** Pairs of points that a mirror exchanges, one a line: `left eye = right eye`. */
  readonly flipPairs: string
  /** Lines between points, one a line: `mouth: left corner, upper lip, right corner`; closed if the last point is the first. */
  readonly parts: string
}

/** Writes a scheme as text. */
export function formatScheme(scheme: KeypointScheme): SchemeText {
  const { name, pointNames, flipPairs, parts } = scheme
  const nameAt = (index: number): string => pointNames[index] as string
  return {
    name,
    points: pointNames.join('\n'),
    flipPairs: flipPairs.map(([a, b]) => `${nameAt(a)} = ${nameAt(b)}`).join('\n'),
    parts: parts
      .map(({ name: part, indices, closed }) => {
        const path = closed ? [...indices, indices[0] as number] : indices
        return `${part}: ${path.map(nameAt).join(', ')}`
      })
      .join('\n'),
  }
}

/**
 * Writes the pairs for other names of points: those whose points are still there, and, for points without a pair, those that their names
 * suggest, such as `left eye` and `right eye`.
 */
export function updateFlipPairs(flipPairs: string, points: string): string {
  const names = listLines(points)
  const known = new Set(names)
  const pairs = splitPairs(flipPairs).filter((pair) => pair.length === 2 && pair.every((name) => known.has(name)))
  const paired = new Set(pairs.flat())
  const suggested = inferFlipPairs(names).flipPairs.map((pair) => pair.map((index) => names[index] as string))
  const others = suggested.filter((pair) => !pair.some((name) => paired.has(name)))
  return [...pairs, ...others].map((pair) => pair.join(' = ')).join('\n')
}

/**
 * Reads a scheme from text and checks it.
 *
 * @throws FacekpError `SCHEME_INVALID`
 */
export function parseScheme(text: SchemeText): KeypointScheme {
  const pointNames = listLines(text.points)
  const name = text.name.trim()
  if (name === '') throw schemeError('the scheme has no name', 'a name, such as my-face')
  if (pointNames.length === 0) throw schemeError('the scheme has no points', 'the names of the points, one a line')
  const indices = new Map(pointNames.map((point, index) => [point, index]))
  const find = (point: string, where: string): number => {
    const index = indices.get(point)
    if (index === undefined) throw schemeError(`${where} names an unknown point`, 'one of the points above', point)
    return index
  }
  return defineScheme({
    name,
    pointNames,
    flipPairs: splitPairs(text.flipPairs).map((pair) => {
      const [a, b, ...others] = pair
      if (!a || !b || others.length > 0)
        throw schemeError('invalid pair', 'two points, as in left eye = right eye', pair.join(' = '))
      return [find(a, 'a pair'), find(b, 'a pair')] as const
    }),
    parts: listLines(text.parts).map((line) => parsePart(line, find)),
  })
}

function parsePart(line: string, find: (point: string, where: string) => number): KeypointPart {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(colon, 0)).trim()
  if (name === '') throw schemeError('invalid part', 'a name, a colon and points, as in mouth: left, top, right', line)
  const path = line
    .slice(colon + 1)
    .split(/[,،、]/)
    .map((point) => find(point.trim(), `part ${name}`))
  const closed = path.length > 2 && path[0] === path.at(-1)
  return { name, indices: closed ? path.slice(0, -1) : path, closed }
}

function splitPairs(text: string): string[][] {
  return listLines(text).map((line) => line.split('=').map((point) => point.trim()))
}

function listLines(text: string): string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim().normalize('NFC'))
    .filter((line) => line !== '')
}

function schemeError(problem: string, expected: string, received?: string): FacekpError {
  return new FacekpError({ code: 'SCHEME_INVALID', problem, expected, received })
}
