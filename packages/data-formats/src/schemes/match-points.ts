import { checkArgument, FacekpError, type KeypointScheme, objectKind, optionalKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { findRange } from '../annotations/find-range.ts'

const MATCH_POINTS_OPTIONS = objectKind({ file: KINDS.string, pointNames: optionalKind(KINDS.object) })

/** How the points of a file correspond to those of a scheme. */
export interface PointMapping {
  /** For each point name of the file its point in the scheme, or null if the scheme has none. */
  readonly matches: readonly { readonly fileName: string; readonly schemePoint: string | null }[]
  /** Points of the scheme that the file does not have. */
  readonly missing: readonly string[]
  /** Point names of the file that the scheme does not have; they are not read. */
  readonly extra: readonly string[]
}

/** How to match. */
export interface MatchOptions {
  /** Names in the file and the scheme's names for them, if they differ. */
  readonly pointNames?: Readonly<Record<string, string>> | undefined
  /** Name of the file in errors. */
  readonly file: string
}

/**
 * Matches the points of a file with those of a scheme by NAME, never by position: exactly, else regardless of case, separators and leading zeros. Numbers match
 * the scheme's order if they count all of it, from 0 or from 1, also if the scheme's own names count from the other of both.
 *
 * @throws FacekpError `POINTS_UNMATCHED` if no name matches, the numbers do not count the scheme's points, or two names match one point
 */
export function matchPoints(fileNames: readonly string[], scheme: KeypointScheme, options: MatchOptions): PointMapping {
  checkArgument(KINDS.strings, fileNames, 'fileNames', 'matchPoints')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'matchPoints')
  checkArgument(MATCH_POINTS_OPTIONS, options, 'options', 'matchPoints')
  const { pointNames = {}, file } = options
  const renamed = fileNames.map((name) => (Object.hasOwn(pointNames, name) ? (pointNames[name] as string) : name))
  checkRenames(pointNames, { fileNames, scheme, file })
  const areNumbers = renamed.length > 0 && renamed.every((name) => /^\d+$/.test(name))
  const schemeNames = new Set(scheme.pointNames)
  const matchesNames = renamed.some((name) => schemeNames.has(name))
  const isCount = areNumbers && (!matchesNames || countsFromOther(renamed, scheme))
  const indices = isCount ? matchNumbers(renamed, scheme, file) : matchNames(renamed, scheme)
  const used = new Map<number, number>()
  for (const [position, index] of indices.entries()) {
    if (index === undefined) continue
    const other = used.get(index)
    // A number may be spelled in two ways: 0 and 00.
    const isSame = areNumbers && Number(fileNames[other ?? position]) === Number(fileNames[position])
    if (other !== undefined && !isSame) {
      const names = `${fileNames[other]} and ${fileNames[position]}`
      throw unmatchedError(file, `points ${names} both match ${scheme.pointNames[index]}`, scheme)
    }
    used.set(index, position)
  }
  if (used.size === 0 && fileNames.length > 0) {
    throw unmatchedError(
      file,
      `no point name occurs in scheme ${scheme.name}: ${fileNames.slice(0, 8).join(', ')}`,
      scheme,
    )
  }
  return {
    matches: fileNames.map((fileName, position) => {
      const index = indices[position]
      return { fileName, schemePoint: index === undefined ? null : (scheme.pointNames[index] as string) }
    }),
    missing: scheme.pointNames.filter((_, index) => !used.has(index)),
    extra: fileNames.filter((_, position) => indices[position] === undefined),
  }
}

function matchNames(names: readonly string[], scheme: KeypointScheme): (number | undefined)[] {
  const exact = new Map(scheme.pointNames.map((name, index) => [name, index]))
  const loose = new Map(scheme.pointNames.map((name, index) => [simplifyName(name), index]))
  return names.map((name) => exact.get(name) ?? loose.get(simplifyName(name)))
}

/** Tests whether the scheme's names count from 0 and the numbers from 1, or the other way round. */
function countsFromOther(numbers: readonly string[], { pointNames }: KeypointScheme): boolean {
  const first = Number(pointNames[0])
  const isCount = pointNames.every((name, index) => /^\d+$/.test(name) && Number(name) === first + index)
  const { lowest, highest } = findRange(numbers.map(Number))
  const count = pointNames.length
  if (!isCount) return false
  return first === 0 ? lowest >= 1 && highest === count : first === 1 && lowest === 0 && highest === count - 1
}

/**
 * Matches numbers that count the scheme's points from 0 or from 1. A count of fewer points without gaps belongs to another scheme: five points numbered 0 to 4 are
 * not the first five of 68.
 */
function matchNumbers(names: readonly string[], scheme: KeypointScheme, file: string): number[] {
  const numbers = names.map(Number)
  const { lowest, highest } = findRange(numbers)
  const count = scheme.pointNames.length
  if (lowest === 0 && (highest === count - 1 || (highest < count && isPartOfCount(names, numbers, count)))) {
    return numbers
  }
  if (lowest >= 1 && highest === count) return numbers.map((number) => number - 1)
  throw unmatchedError(
    file,
    `points numbered ${lowest} to ${highest} do not count the ${count} points of scheme ${scheme.name} from 0 or from 1`,
    scheme,
  )
}

/** Tests whether numbers have gaps, or are a single 0 with as many digits as the last of `count` points. */
function isPartOfCount(names: readonly string[], numbers: readonly number[], count: number): boolean {
  const digits = String(count - 1).length
  if (numbers.every((number) => number === 0)) return digits > 1 && names.every((name) => name.length === digits)
  return new Set(numbers).size < findRange(numbers).highest + 1
}

function checkRenames(
  pointNames: Readonly<Record<string, string>>,
  { fileNames, scheme, file }: { fileNames: readonly string[]; scheme: KeypointScheme; file: string },
): void {
  for (const [from, to] of Object.entries(pointNames)) {
    if (!fileNames.includes(from))
      throw unmatchedError(file, `option pointNames: the file has no point ${from}`, scheme)
    if (!scheme.pointNames.includes(to)) {
      throw unmatchedError(file, `option pointNames: scheme ${scheme.name} has no point ${to}`, scheme)
    }
  }
}

/** Returns a name without what does not tell points apart: case, separators, Unicode form, leading zeros of a number. */
export function simplifyName(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[\s_./:-]+/g, ' ')
    .trim()
    .replace(/^0+(?=\d+$)/, '')
}

function unmatchedError(file: string, problem: string, scheme: KeypointScheme): FacekpError {
  return new FacekpError({
    code: 'POINTS_UNMATCHED',
    file,
    problem,
    expected: `names such as ${scheme.pointNames.slice(0, 3).join(', ')}; or pass another scheme, scheme: 'infer', or option pointNames`,
  })
}
