import { FacekpError, type Keypoints } from '@facekp/core'
import { z } from 'zod'

/** A shape as an `.asf` file holds it. */
export interface AsfShape {
  /** x0 y0 x1 y1 …, each a fraction of the picture's width or height: pixel = value * size. See {@link asfKeypoints}. */
  readonly points: Float32Array
  /** The picture's file name. */
  readonly hostImage: string
}

const COLUMNS = ['path', 'type', 'x', 'y', 'point number', 'connects from', 'connects to'] as const

const number = z
  .string()
  .regex(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, 'a number')
  .transform(Number)
const wholeNumber = z.string().regex(/^\d+$/, 'a whole number').transform(Number)
const fraction = number.refine((value) => value >= 0 && value <= 1, 'a number from 0 to 1')

/** A point's line; what follows its seven columns (some files hold three more) means nothing here. */
const pointSchema = z.tuple(
  [wholeNumber, wholeNumber, fraction, fraction, wholeNumber, wholeNumber, wholeNumber],
  z.string(),
)

const countSchema = wholeNumber.refine((value) => value > 0, 'a whole number above 0')

interface Line {
  readonly text: string
  /** The first line of the file is 1. */
  readonly number: number
}

/**
 * Parses the text of an `.asf` file (AAM shape format): lines that begin with # are comments; a count; a line a point; the
 * host image's name. Windows line ends and additional columns are taken.
 *
 * Throws a FacekpError with file and line: `ASF_EMPTY`, `ASF_COUNT` (no count, or another number of points), `ASF_VALUE` (a
 * column is missing or is not what it should be), `ASF_OUT_OF_RANGE` (a coordinate beyond 0..1), `ASF_ORDER` (points not numbered
 * 0, 1, 2 …) and `ASF_HOST_IMAGE` (no name, or more after it).
 *
 * @param file what errors call the text
 * @example
 * ```ts
 * const { points, hostImage } = parseAsf(await (await fetch('01-1m.asf')).text(), '01-1m.asf')
 * ```
 *
 * Source: M. B. Stegmann, "The AAM-API", Technical University of Denmark, 2002.
 */
export function parseAsf(text: string, file = 'asf'): AsfShape {
  const lines = text
    .split(/\r\n|\r|\n/)
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'))
  const fail = (
    code: string,
    line: number | undefined,
    problem: string,
    received?: string,
    expected?: string,
  ): never => {
    throw new FacekpError({ code, file, line, problem, received, expected })
  }

  const [first, ...rest] = lines
  if (!first)
    return fail(
      'ASF_EMPTY',
      undefined,
      'holds no shape',
      'an empty file or comments alone',
      'a count, points and a host image',
    )
  const count = countSchema.safeParse(first.text)
  if (!count.success)
    return fail('ASF_COUNT', first.number, 'the number of points is missing', first.text, 'a whole number')

  // A point's line has several columns; the host image's name is one, and may hold blanks.
  const isPoint = (line: Line): boolean => /^\S+[\s]+\S+[\s]+\S+/.test(line.text) && !/\.[a-z]{2,4}$/i.test(line.text)
  const firstOther = rest.findIndex((line) => !isPoint(line))
  const pointLines = firstOther < 0 ? rest : rest.slice(0, firstOther)
  if (pointLines.length !== count.data) {
    const at = (pointLines[count.data] ?? rest[pointLines.length] ?? pointLines.at(-1) ?? first).number
    return fail(
      'ASF_COUNT',
      at,
      'the number of points is not the one told',
      `${pointLines.length} points`,
      `${count.data}, as line ${first.number} has it`,
    )
  }
  const points = new Float32Array(2 * count.data)
  for (const [index, line] of pointLines.entries()) {
    const [x, y] = parsePoint(line, index, file)
    points[2 * index] = x
    points[2 * index + 1] = y
  }
  const [host, ...more] = rest.slice(count.data)
  if (!host)
    return fail(
      'ASF_HOST_IMAGE',
      lines.at(-1)?.number,
      'the name of the host image is missing',
      undefined,
      'the file name of the picture after the points',
    )
  const [extra] = more
  if (extra) return fail('ASF_HOST_IMAGE', extra.number, 'something follows the name of the host image', extra.text)
  return { points, hostImage: host.text }
}

/**
 * The points in pixels of a picture of this size: x = value * width, y = value * height, (0, 0) being the center of the first
 * pixel; the database adds no half pixel.
 */
export function asfKeypoints({ points }: AsfShape, width: number, height: number): Keypoints {
  return points.map((value, i) => value * (i % 2 === 0 ? width : height))
}

function parsePoint(line: Line, index: number, file: string): readonly [x: number, y: number] {
  const columns = line.text.split(/\s+/)
  const parsed = pointSchema.safeParse(columns)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const column = Number(issue?.path[0] ?? columns.length)
    const outOfRange = issue?.code === 'custom'
    throw new FacekpError({
      code: outOfRange ? 'ASF_OUT_OF_RANGE' : 'ASF_VALUE',
      file,
      line: line.number,
      problem: outOfRange
        ? `${COLUMNS[column]} of point ${index} lies outside the picture`
        : `${COLUMNS[column] ?? 'a column'} of point ${index} cannot be read`,
      received: columns[column] ?? `${columns.length} columns`,
      expected: columns.length < COLUMNS.length ? `${COLUMNS.length} columns: ${COLUMNS.join(', ')}` : issue?.message,
      cause: parsed.error,
    })
  }
  const [, , x, y, pointNumber] = parsed.data
  if (pointNumber !== index) {
    throw new FacekpError({
      code: 'ASF_ORDER',
      file,
      line: line.number,
      problem: 'the points are not in order',
      received: `point ${pointNumber}`,
      expected: `point ${index}`,
    })
  }
  return [x, y]
}
