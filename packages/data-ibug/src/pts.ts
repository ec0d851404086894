import { FacekpError, type Keypoints } from '@facekp/core'
import { z } from 'zod'
import { checkFields } from './check-fields.ts'
import { number, wholeNumber } from './numbers.ts'

const pointSchema = z.object({ x: number, y: number })

interface Line {
  readonly text: string
  /** The first line of the file is 1. */
  readonly number: number
}

/**
 * Parses a `.pts` file in each of its variants: `version: 1`, `n_points:  68` and `{` … `}` around the points, with any blanks and
 * line ends, or the points alone, one a line. Any number of points.
 *
 * A `.pts` counts pixels from 1 (MATLAB); the points that come out count from 0, as everywhere here: (x - 1, y - 1).
 *
 * Throws a FacekpError with file and line: `PTS_EMPTY`, `PTS_HEADER` (a line before the points that is none of the header),
 * `PTS_BRACES` (one is missing, or something follows), `PTS_POINT` (not two numbers), `PTS_COUNT` (not as many as told).
 *
 * @param file what errors call the text
 * @example
 * ```ts
 * const keypoints = parsePts('version: 1\nn_points: 2\n{\n1 1\n11.5 21\n}') // 0 0 10.5 20
 * ```
 *
 * Source: C. Sagonas et al., 300 Faces in-the-Wild Challenge, ICCV Workshops 2013 (https://ibug.doc.ic.ac.uk/resources/300-W/).
 */
export function parsePts(text: string, file = 'pts'): Keypoints {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter((line) => line.text !== '')
  const [first] = lines
  if (!first) {
    throw new FacekpError({ code: 'PTS_EMPTY', file, problem: 'holds no points', received: 'an empty file' })
  }
  const { points, told } = /^[+\-.\d]/.test(first.text) ? { points: lines, told: undefined } : withinBraces(lines, file)
  if (told !== undefined && told.count !== points.length) {
    throw new FacekpError({
      code: 'PTS_COUNT',
      file,
      line: told.line,
      problem: 'the number of points is not the one told',
      received: `${points.length} points`,
      expected: String(told.count),
    })
  }
  return Float32Array.from(points.flatMap((line) => pointOf(line, file)))
}

function pointOf(line: Line, file: string): [x: number, y: number] {
  const [x, y, ...more] = line.text.split(/[\s,]+/)
  const place = { code: 'PTS_POINT', file, line: line.number, what: 'point' }
  if (more.length > 0) {
    throw new FacekpError({
      ...place,
      problem: 'a point has more than two numbers',
      received: line.text,
      expected: 'x y',
    })
  }
  const point = checkFields(pointSchema, { x, y }, place)
  return [point.x - 1, point.y - 1]
}

/** The points' lines, and how many there shall be. */
function withinBraces(lines: readonly Line[], file: string): { points: Line[]; told: { count: number; line: number } } {
  const fail = (code: string, line: Line | undefined, problem: string, expected: string): never => {
    throw new FacekpError({ code, file, line: line?.number, problem, received: line?.text, expected })
  }
  const [begin, end] = ['{', '}'].map((brace) => lines.findIndex((line) => line.text === brace)) as [number, number]
  const header = begin < 0 ? lines : lines.slice(0, begin)
  let told: { count: number; line: number } | undefined
  for (const line of header) {
    const [, key, value] = /^(version|n_points)\s*:\s*(\S+)$/i.exec(line.text) ?? []
    if (key === undefined)
      fail('PTS_HEADER', line, 'a line of the header cannot be read', 'version: 1, n_points: 68, {')
    if (key?.toLowerCase() !== 'n_points') continue
    const place = { code: 'PTS_HEADER', file, line: line.number, what: 'header' }
    told = {
      count: checkFields(z.object({ n_points: wholeNumber }), { n_points: value }, place).n_points,
      line: line.number,
    }
  }
  if (begin < 0) return fail('PTS_BRACES', lines.at(-1), 'the points do not begin', '{ after the header')
  if (end < begin)
    return fail('PTS_BRACES', lines.at(-1), 'the points do not end: the file may be cut off', '} after the points')
  if (end < lines.length - 1) fail('PTS_BRACES', lines[end + 1], 'something follows the points', 'nothing after }')
  if (!told) return fail('PTS_HEADER', header.at(-1), 'the number of points is missing', 'n_points: 68 before {')
  if (end === begin + 1) return fail('PTS_EMPTY', lines[end], 'holds no points', 'a line a point between { and }')
  return { points: lines.slice(begin + 1, end), told }
}
