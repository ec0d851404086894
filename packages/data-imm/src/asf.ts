import { checkArgument, FacekpError, type Keypoints, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { firstIssue } from '@facekp/options'
import * as z from 'zod'

const ASF_TO_KEYPOINTS_SHAPE = objectKind({ points: KINDS.keypoints })

/** The shape in an `.asf` file (AAM shape format). */
export interface AsfShape {
  /** x0 y0 x1 y1 …, as fractions of the image's width and height: pixel = value * size. See {@link asfToKeypoints}. */
  readonly points: Float32Array
  /** File name of the image. */
  readonly hostImage: string
}

const COLUMNS = ['path', 'type', 'x', 'y', 'point number', 'connects from', 'connects to'] as const

const numberSchema = z
  .string()
  .regex(/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i, 'a number')
  .transform(Number)
const wholeNumberSchema = z.string().regex(/^\d+$/, 'a whole number').transform(Number)
const fractionSchema = numberSchema.refine((value) => value >= 0 && value <= 1, 'a number from 0 to 1')
const countSchema = wholeNumberSchema.refine((value) => value > 0, 'a whole number above 0')

/** The columns of a point. Some files have three more, which are ignored. */
const pointSchema = z.tuple(
  [
    wholeNumberSchema,
    wholeNumberSchema,
    fractionSchema,
    fractionSchema,
    wholeNumberSchema,
    wholeNumberSchema,
    wholeNumberSchema,
  ],
  z.string(),
)

interface Line {
  readonly text: string
  /** 1-based. */
  readonly number: number
}

/**
 * Parses an `.asf` file: comment lines beginning with #, the number of points, one line per point, the name of the host image.
 * Accepts Windows line endings and additional columns.
 *
 * @param file name for errors
 * @throws FacekpError with file and line: `ASF_EMPTY`; `ASF_COUNT` (missing or not the number of points); `ASF_VALUE` (a column is
 *   missing or invalid); `ASF_OUT_OF_RANGE` (a coordinate beyond 0..1); `ASF_ORDER` (points not numbered 0, 1, 2 …);
 *   `ASF_HOST_IMAGE` (missing, or followed by other lines)
 * @example
 * ```ts
 * const { points, hostImage } = parseAsf(await (await fetch('01-1m.asf')).text(), '01-1m.asf')
 * ```
 *
 * Source: M. B. Stegmann, "The AAM-API", Technical University of Denmark, 2002.
 */
export function parseAsf(text: string, file = 'asf'): AsfShape {
  checkArgument(KINDS.string, text, 'text', 'parseAsf')
  checkArgument(KINDS.string, file, 'file', 'parseAsf')
  const lines = splitLines(text)
  const [countLine, ...rest] = lines
  if (!countLine) {
    throw new FacekpError({
      code: 'ASF_EMPTY',
      file,
      problem: 'the file contains no points',
      received: 'an empty file or only comments',
      expected: 'the number of points, the points and the host image',
    })
  }
  const count = parseCount(countLine, file)
  const end = rest.findIndex((line) => !isPointLine(line))
  const pointLines = end < 0 ? rest : rest.slice(0, end)
  if (pointLines.length !== count) {
    throw new FacekpError({
      code: 'ASF_COUNT',
      file,
      line: (pointLines[count] ?? rest[pointLines.length] ?? pointLines.at(-1) ?? countLine).number,
      problem: 'wrong number of points',
      received: `${pointLines.length} points`,
      expected: `${count}, from line ${countLine.number}`,
    })
  }
  return {
    points: Float32Array.from(pointLines.flatMap((line, index) => parsePoint(line, index, file))),
    hostImage: parseHostImage(rest.slice(count), lines.at(-1) as Line, file),
  }
}

/**
 * Converts the points of a shape to pixels: x = value * width, y = value * height. (0, 0) is the center of the top-left pixel; the
 * database adds no half pixel.
 *
 * @param width of the image in pixels
 * @param height of the image in pixels
 */
export function asfToKeypoints(shape: AsfShape, width: number, height: number): Keypoints {
  checkArgument(ASF_TO_KEYPOINTS_SHAPE, shape, 'shape', 'asfToKeypoints')
  const { points } = shape
  checkArgument(KINDS.positive, width, 'width', 'asfToKeypoints')
  checkArgument(KINDS.positive, height, 'height', 'asfToKeypoints')
  return points.map((value, i) => value * (i % 2 === 0 ? width : height))
}

/** Splits a text into its lines, without comments and empty lines. */
function splitLines(text: string): Line[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'))
}

/** A point has several columns. The name of the host image may contain spaces, and ends with an extension. */
function isPointLine({ text }: Line): boolean {
  return /^\S+[\s]+\S+[\s]+\S+/.test(text) && !/\.[a-z]{2,4}$/i.test(text)
}

function parseCount(line: Line, file: string): number {
  const result = countSchema.safeParse(line.text)
  if (result.success) return result.data
  throw new FacekpError({
    code: 'ASF_COUNT',
    file,
    line: line.number,
    problem: 'the number of points is missing',
    received: line.text,
    expected: 'a whole number above 0',
  })
}

function parsePoint(line: Line, index: number, file: string): [x: number, y: number] {
  const columns = line.text.split(/\s+/)
  const result = pointSchema.safeParse(columns)
  if (!result.success) throw pointError(line, index, file, result.error)
  const [, , x, y, pointNumber] = result.data
  if (pointNumber !== index) {
    throw new FacekpError({
      code: 'ASF_ORDER',
      file,
      line: line.number,
      problem: 'points are out of order',
      received: `point ${pointNumber}`,
      expected: `point ${index}`,
    })
  }
  return [x, y]
}

function pointError(line: Line, index: number, file: string, error: z.ZodError): FacekpError {
  const columns = line.text.split(/\s+/)
  const [issue] = error.issues
  const column = Number(issue?.path[0] ?? columns.length)
  const name = COLUMNS[column] ?? 'column'
  const isOutOfRange = issue?.code === 'custom'
  return new FacekpError({
    code: isOutOfRange ? 'ASF_OUT_OF_RANGE' : 'ASF_VALUE',
    file,
    line: line.number,
    problem: isOutOfRange ? `${name} of point ${index} is outside the image` : `invalid ${name} of point ${index}`,
    received: columns[column] ?? `${columns.length} columns`,
    expected:
      columns.length < COLUMNS.length
        ? `${COLUMNS.length} columns: ${COLUMNS.join(', ')}`
        : firstIssue(error, columns).expected,
  })
}

function parseHostImage([host, extra]: readonly Line[], last: Line, file: string): string {
  if (host && !extra) return host.text
  throw new FacekpError({
    code: 'ASF_HOST_IMAGE',
    file,
    line: (extra ?? last).number,
    problem: extra ? 'unexpected line after the host image' : 'the host image is missing',
    received: extra?.text,
    expected: extra ? 'the end of the file' : 'the file name of the image, after the points',
  })
}
