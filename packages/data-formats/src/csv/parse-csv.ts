import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import type { AnnotatedFace, AnnotatedImage, AnnotatedPoint, Annotations } from '../annotations/annotations.ts'
import { parseNumber } from '../annotations/parse-number.ts'
import { type CsvRow, parseCsvRows } from './csv-rows.ts'

/** How a CSV counts pixels and what separates its values. */
export interface ParseCsvOptions {
  /** Number of the first pixel: 0 (default) or 1 (MATLAB). */
  readonly firstPixel?: 0 | 1 | undefined
  /** Character between values; default: recognized from the file among comma, semicolon, tab and bar. */
  readonly delimiter?: string | undefined
  /** Name of the file in errors; default `keypoints.csv`. */
  readonly file?: string | undefined
}

const optionsSchema = z.strictObject({
  firstPixel: z.optional(z.union([z.literal(0), z.literal(1)])),
  delimiter: z.optional(z.string().check(z.length(1))),
  file: z.optional(z.string()),
})

/** Columns of one point: their positions in a row. */
interface PointColumns {
  readonly name: string
  readonly x: number
  readonly y: number
  readonly visibility?: number | undefined
}

const UNLABELED = new Set(['', 'nan', 'na', 'null', 'none'])
const IMAGE_COLUMN = /^(?:image|image_name|image_path|file|file_name|filename|path)$/i

/**
 * Parses keypoints from CSV in one of two forms, recognized by the header:
 *
 * - wide, a row per face: `image,x0,y0,x1,y1,...`, `image,nose_x,nose_y,nose_v,...` or `,0,1,2,...` (x and y in turn);
 * - long, a row per point: `image,point,x,y` with optional `face` and `visibility`.
 *
 * Empty values and NaN are not labeled; a visibility column has COCO's 0, 1, 2; without one, points are visible. Rows of one image are its faces; an image
 * whose rows have no labeled point has no face.
 *
 * @throws FacekpError `ANNOTATIONS_INVALID` with file and line; `READ_OPTIONS`
 */
export function parseCsv(text: string, options: ParseCsvOptions = {}): Annotations {
  checkArgument(KINDS.string, text, 'text', 'parseCsv')
  parseOptions({ schema: optionsSchema, value: options, code: 'READ_OPTIONS' })
  const { file = 'keypoints.csv' } = options
  const [header, ...rows] = parseCsvRows(text, { file, delimiter: options.delimiter })
  if (!header) throw lineError(file, 1, 'expected a header such as image,x0,y0,x1,y1, received an empty file')
  const columns = header.fields.map((field) => field.toLowerCase())
  const parser =
    columns.includes('point') && columns.includes('x')
      ? parseLong(columns, { file, line: header.line })
      : parseWide(header, file)
  const images = new Map<string, AnnotatedImage & { faces: AnnotatedFace[] }>()
  for (const row of rows) {
    if (row.fields.length !== header.fields.length) {
      throw lineError(file, row.line, `expected ${header.fields.length} values, received ${row.fields.length}`)
    }
    parser.addRow(row, images, { ...options, file })
  }
  const withFaces = [...images.values()].map((image) => ({
    ...image,
    faces: image.faces.filter(({ points }) => points.length > 0),
  }))
  return { format: 'csv', images: withFaces, pointNames: [...parser.pointNames], warnings: [] }
}

interface RowParser {
  readonly pointNames: Iterable<string>
  addRow(row: CsvRow, images: Map<string, AnnotatedImage & { faces: AnnotatedFace[] }>, options: ParseCsvOptions): void
}

function parseWide(header: CsvRow, file: string): RowParser {
  const imageColumn = findImageColumn(header.fields)
  if (imageColumn < 0) throw imageColumnError(file, header.line)
  const columns = readPointColumns(header, imageColumn, file)
  return {
    pointNames: columns.map(({ name }) => name),
    addRow(row, images, options) {
      const image = getImage(row, imageColumn, images, options)
      const points = columns.flatMap((column) => parsePoint(row, column, options))
      image.faces.push({ points, line: row.line })
    },
  }
}

function parseLong(
  columns: readonly string[],
  { file, line }: { readonly file: string; readonly line: number },
): RowParser {
  if (!columns.includes('y')) throw lineError(file, line, 'header: expected a column named y, received only x')
  const at = (name: string): number => columns.indexOf(name)
  const imageColumn = findImageColumn(columns)
  if (imageColumn < 0) throw imageColumnError(file, line)
  const pointNames = new Set<string>()
  const faces = new Map<string, AnnotatedFace & { points: AnnotatedPoint[] }>()
  return {
    pointNames,
    addRow(row, images, options) {
      const image = getImage(row, imageColumn, images, options)
      const name = row.fields[at('point')] as string
      pointNames.add(name)
      const key = JSON.stringify([image.file, row.fields[at('face')] ?? ''])
      let face = faces.get(key)
      if (!face) {
        face = { points: [], line: row.line }
        faces.set(key, face)
        image.faces.push(face)
      }
      const visibility = at('visibility') < 0 ? undefined : at('visibility')
      face.points.push(...parsePoint(row, { name, x: at('x'), y: at('y'), visibility }, options))
    },
  }
}

/** Returns the column of the image; an empty name is that of an index, as pandas writes it, if another column is named for the image. */
function findImageColumn(names: readonly string[]): number {
  const named = names.findIndex((name) => IMAGE_COLUMN.test(name))
  return named < 0 ? names.indexOf('') : named
}

function getImage(
  row: CsvRow,
  column: number,
  images: Map<string, AnnotatedImage & { faces: AnnotatedFace[] }>,
  { file = '' }: ParseCsvOptions,
): AnnotatedImage & { faces: AnnotatedFace[] } {
  const name = row.fields[column]
  if (!name) throw lineError(file, row.line, 'expected the name of an image, received an empty value')
  const image = images.get(name) ?? { file: name, line: row.line, faces: [] }
  images.set(name, image)
  return image
}

/** Finds the columns of each point in a wide header. */
function readPointColumns({ fields, line }: CsvRow, imageColumn: number, file: string): PointColumns[] {
  const isOther = ({ field, column }: { field: string; column: number }): boolean =>
    column !== imageColumn && field !== ''
  const others = fields.map((field, column) => ({ field, column })).filter(isOther)
  if (others.every(({ field }, index) => field === String(index))) {
    if (others.length % 2 === 1) {
      throw lineError(file, line, `header: expected two columns for each point, received ${others.length}`)
    }
    return Array.from({ length: others.length / 2 }, (_, point) => ({
      name: String(point),
      x: (others[2 * point] as { column: number }).column,
      y: (others[2 * point + 1] as { column: number }).column,
    }))
  }
  const points = new Map<string, { x?: number; y?: number; visibility?: number }>()
  for (const { field, column } of others) {
    const { name, axis } = splitColumn(field)
    if (axis === undefined)
      throw lineError(file, line, `column "${field}": expected a name such as x0, nose_x or nose_y`)
    const point = points.get(name)
    if (point?.[axis] !== undefined) {
      throw lineError(file, line, `column "${field}": the ${axis} of point ${name} has a column already`)
    }
    points.set(name, { ...point, [axis]: column })
  }
  return [...points].map(([name, { x, y, visibility }]) => {
    if (x === undefined || y === undefined) throw lineError(file, line, `point ${name}: expected columns for x and y`)
    return { name, x, y, visibility }
  })
}

const AXES: Readonly<Record<string, 'x' | 'y' | 'visibility'>> = {
  x: 'x',
  y: 'y',
  v: 'visibility',
  visibility: 'visibility',
}

/** Splits `x0` or `nose_x` into the point's name and its axis. */
function splitColumn(field: string): { name: string; axis?: 'x' | 'y' | 'visibility' | undefined } {
  const prefixed = /^(x|y|v)_?(\d+)$/i.exec(field)
  if (prefixed) return { name: prefixed[2] as string, axis: AXES[(prefixed[1] as string).toLowerCase()] }
  const suffixed = /^(.+?)[_. ](x|y|v|visibility)$/i.exec(field)
  if (suffixed) return { name: suffixed[1] as string, axis: AXES[(suffixed[2] as string).toLowerCase()] }
  return { name: field }
}

function parsePoint(row: CsvRow, columns: PointColumns, options: ParseCsvOptions): AnnotatedPoint[] {
  const { firstPixel = 0, file = '' } = options
  const { name, visibility } = columns
  const texts = { x: row.fields[columns.x] as string, y: row.fields[columns.y] as string }
  const state = visibility === undefined ? '2' : (row.fields[visibility] as string)
  if (!/^[012](\.0*)?$/.test(state) && !UNLABELED.has(state.toLowerCase())) {
    throw lineError(file, row.line, `point ${name}: visibility: expected 0, 1 or 2, received "${state.slice(0, 80)}"`)
  }
  if (Number(state) === 0 || UNLABELED.has(state.toLowerCase())) return []
  if (UNLABELED.has(texts.x.toLowerCase()) || UNLABELED.has(texts.y.toLowerCase())) return []
  const x = parseNumber(texts.x)
  const y = parseNumber(texts.y)
  if (Number.isNaN(x) || Number.isNaN(y)) {
    throw lineError(
      file,
      row.line,
      `point ${name}: expected numbers, received "${texts.x.slice(0, 40)}" and "${texts.y.slice(0, 40)}"`,
    )
  }
  return [{ name, x: x - firstPixel, y: y - firstPixel, isVisible: Number(state) === 2 }]
}

function imageColumnError(file: string, line: number): FacekpError {
  return lineError(file, line, 'header: expected a column named image')
}

function lineError(file: string, line: number, problem: string): FacekpError {
  return new FacekpError({ code: 'ANNOTATIONS_INVALID', file, line, problem })
}
