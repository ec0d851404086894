import { FacekpError, type Keypoints } from '@facekp/core'
import { z } from 'zod'
import { numberSchema, wholeNumberSchema } from './numbers.ts'
import { parseFields } from './parse-fields.ts'

const pointSchema = z.object({ x: numberSchema, y: numberSchema })
const countSchema = z.object({ n_points: wholeNumberSchema })

interface Line {
  readonly text: string
  /** 1-based. */
  readonly number: number
}

/**
 * Parses a `.pts` file in each of its variants: `version: 1`, `n_points: 68` and braces around the points, or only the points, one per
 * line. Accepts any number of points, any spacing and any line endings.
 *
 * A `.pts` file counts pixels from 1 (MATLAB); the result counts from 0, as everywhere in facekp: (x - 1, y - 1).
 *
 * @param file name for errors
 * @throws FacekpError with file and line: `PTS_EMPTY`, `PTS_HEADER`, `PTS_BRACES` (missing, or followed by other lines), `PTS_POINT`
 *   (not two numbers), `PTS_COUNT` (not `n_points` points)
 * @example
 * ```ts
 * const keypoints = parsePts('version: 1\nn_points: 2\n{\n1 1\n11.5 21\n}') // 0 0 10.5 20
 * ```
 *
 * Source: C. Sagonas et al., 300 Faces in-the-Wild Challenge, ICCV Workshops 2013 (https://ibug.doc.ic.ac.uk/resources/300-W/).
 */
export function parsePts(text: string, file = 'pts'): Keypoints {
  const lines = splitLines(text)
  const [first] = lines
  if (!first) {
    const details = { problem: 'the file holds no points', received: 'an empty file', expected: 'one point per line' }
    throw new FacekpError({ code: 'PTS_EMPTY', file, ...details })
  }
  const hasHeader = !/^[+\-.\d]/.test(first.text)
  const pointLines = hasHeader ? parseBraces(lines, file) : lines
  return Float32Array.from(pointLines.flatMap((line) => parsePoint(line, file)))
}

function splitLines(text: string): Line[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter((line) => line.text !== '')
}

function parsePoint(line: Line, file: string): [x: number, y: number] {
  const [x, y, ...extra] = line.text.split(/[\s,]+/)
  if (extra.length > 0) {
    throw lineError({ code: 'PTS_POINT', file, line, problem: 'more than two numbers in a point', expected: 'x y' })
  }
  const location = { code: 'PTS_POINT', file, line: line.number, element: 'point' }
  const point = parseFields(pointSchema, { x, y }, location)
  return [point.x - 1, point.y - 1]
}

/** Checks header and braces; returns the lines of the points. */
function parseBraces(lines: readonly Line[], file: string): Line[] {
  const begin = lines.findIndex((line) => line.text === '{')
  const end = lines.findIndex((line) => line.text === '}')
  const header = begin < 0 ? lines : lines.slice(0, begin)
  const count = parseHeader(header, file)
  const bracesError = (line: Line | undefined, problem: string, expected: string): FacekpError =>
    lineError({ code: 'PTS_BRACES', file, line, problem, expected })
  if (begin < 0) throw bracesError(lines.at(-1), 'the opening brace is missing', '{ after the header')
  if (end < begin) {
    throw bracesError(lines.at(-1), 'the closing brace is missing: the file may be truncated', '} after the points')
  }
  if (end < lines.length - 1) {
    throw bracesError(lines[end + 1], 'unexpected line after the points', 'the end of the file after }')
  }
  if (!count) {
    const problem = 'the number of points is missing'
    throw lineError({ code: 'PTS_HEADER', file, line: header.at(-1), problem, expected: 'n_points: 68 before {' })
  }
  const points = lines.slice(begin + 1, end)
  if (points.length === 0) {
    const problem = 'the file holds no points'
    throw lineError({
      code: 'PTS_EMPTY',
      file,
      line: lines[end],
      problem,
      expected: 'one point per line between { and }',
    })
  }
  if (points.length !== count.value) {
    throw new FacekpError({
      code: 'PTS_COUNT',
      file,
      line: count.line,
      problem: 'wrong number of points',
      received: `${points.length} points`,
      expected: String(count.value),
    })
  }
  return points
}

/** Parses `n_points`, the last one if it is repeated; undefined if it is missing. */
function parseHeader(header: readonly Line[], file: string): { value: number; line: number } | undefined {
  let count: { value: number; line: number } | undefined
  for (const line of header) {
    const [, key, value] = /^(version|n_points)\s*:\s*(\S+)$/i.exec(line.text) ?? []
    if (key === undefined) {
      throw lineError({
        code: 'PTS_HEADER',
        file,
        line,
        problem: 'invalid header',
        expected: 'version: 1, n_points: 68, {',
      })
    }
    if (key.toLowerCase() !== 'n_points') continue
    const location = { code: 'PTS_HEADER', file, line: line.number, element: 'header' }
    count = { value: parseFields(countSchema, { n_points: value }, location).n_points, line: line.number }
  }
  return count
}

interface LineErrorDetails {
  readonly code: string
  readonly file: string
  readonly line: Line | undefined
  readonly problem: string
  readonly expected: string
}

function lineError({ line, ...details }: LineErrorDetails): FacekpError {
  return new FacekpError({ ...details, line: line?.number, received: line?.text })
}
