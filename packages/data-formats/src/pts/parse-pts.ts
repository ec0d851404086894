import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { AnnotatedPoint } from '../annotations/annotations.ts'
import { parseNumber } from '../annotations/parse-number.ts'

interface Line {
  readonly text: string
  /** From 1. */
  readonly number: number
}

/**
 * Parses a `.pts` file in each of its variants: `version: 1`, `n_points:  68` and `{` ... `}` around the points, with any blanks and line ends, or
 * the points alone, one per line. Any number of points, named by number from 0.
 *
 * A `.pts` counts pixels from 1 (MATLAB); the result counts from 0: (x - 1, y - 1). A point of NaN, as menpo writes it, is not labeled.
 *
 * @param file name of the file in errors
 * @returns N, and the labeled points
 * @throws FacekpError `ANNOTATIONS_INVALID` with file and line
 * @example
 * ```ts
 * import { parsePts } from '@facekp/data-formats'
 *
 * const { points } = parsePts('version: 1\nn_points: 2\n{\n1 1\n11.5 21\n}')
 * console.log(points[1]) // { name: '1', x: 10.5, y: 20, isVisible: true }
 * ```
 *
 * Source: Sagonas et al. 2013, 300 Faces in-the-Wild Challenge (https://ibug.doc.ic.ac.uk/resources/300-W/).
 */
export function parsePts(text: string, file = 'pts'): { readonly count: number; readonly points: AnnotatedPoint[] } {
  checkArgument(KINDS.string, text, 'text', 'parsePts')
  checkArgument(KINDS.string, file, 'file', 'parsePts')
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter((line) => line.text !== '')
  const [first] = lines
  if (!first) throw invalidError(file, undefined, 'expected points, received an empty file')
  const hasHeader = !/^([+\-.\d]|nan\b)/i.test(first.text)
  const pointLines = hasHeader ? readBraces(lines, file) : lines
  return {
    count: pointLines.length,
    points: pointLines.flatMap((line, index) => parsePoint(line, String(index), file)),
  }
}

function parsePoint(line: Line, name: string, file: string): AnnotatedPoint[] {
  const fields = line.text.split(/[\s,]+/)
  if (fields.length === 2 && fields.every((field) => /^nan$/i.test(field))) return []
  const [x, y] = fields.map(parseNumber)
  if (fields.length !== 2 || x === undefined || y === undefined || Number.isNaN(x) || Number.isNaN(y)) {
    throw invalidError(file, line, `expected a point "x y", received "${line.text.slice(0, 80)}"`)
  }
  return [{ name, x: x - 1, y: y - 1, isVisible: true }]
}

/** Returns the lines of points between the braces, checked against the number that the header states. */
function readBraces(lines: readonly Line[], file: string): Line[] {
  const begin = lines.findIndex(({ text }) => text === '{')
  const end = lines.findIndex(({ text }) => text === '}')
  const header = begin < 0 ? lines : lines.slice(0, begin)
  const count = readCount(header, file)
  if (begin < 0) throw invalidError(file, lines.at(-1), 'expected { after the header')
  if (end < begin) throw invalidError(file, lines.at(-1), 'expected } after the points: the file may be cut off')
  if (end < lines.length - 1) throw invalidError(file, lines[end + 1], 'expected nothing after }')
  const points = lines.slice(begin + 1, end)
  if (points.length === 0)
    throw invalidError(file, lines[end], 'expected one line per point between { and }, received no line')
  if (count !== points.length) {
    throw invalidError(file, header.at(-1), `n_points: expected ${count} points, received ${points.length}`)
  }
  return points
}

function readCount(header: readonly Line[], file: string): number {
  let count: number | undefined
  for (const line of header) {
    const [, key, value] = /^(version|n_points)\s*:\s*(\S+)$/i.exec(line.text) ?? []
    if (key === undefined) {
      throw invalidError(
        file,
        line,
        `expected "version: 1", "n_points: 68" or "{", received "${line.text.slice(0, 80)}"`,
      )
    }
    if (key.toLowerCase() !== 'n_points') continue
    if (!/^\d{1,9}$/.test(value as string)) {
      throw invalidError(file, line, `n_points: expected a whole number, received "${value?.slice(0, 80)}"`)
    }
    count = Number(value)
  }
  if (count === undefined) throw invalidError(file, header.at(-1), 'expected "n_points: N" before {')
  return count
}

function invalidError(file: string, line: Line | undefined, problem: string): FacekpError {
  return new FacekpError({ code: 'ANNOTATIONS_INVALID', file, line: line?.number, problem })
}
