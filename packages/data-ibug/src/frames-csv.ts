import { type Affine, checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { parseCsvRows, parseNumber } from '@facekp/data-formats'
import { parseOptions } from '@facekp/options'
import * as z from 'zod'

const COLUMNS = ['file', 'offset_x', 'offset_y', 'scale_x', 'scale_y']
const numberSchema = z.string().transform(parseNumber).pipe(z.number())
const scaleSchema = z.string().transform(parseNumber).pipe(z.number().positive())
const rowSchema = z.object({
  file: z.string().min(1),
  offset_x: numberSchema,
  offset_y: numberSchema,
  scale_x: scaleSchema,
  scale_y: scaleSchema,
})

/**
 * Parses a `frames.csv`, which states how the images of a folder were cropped and scaled from their originals: a header, then one row
 * per image. The columns `file`, `offset_x`, `offset_y`, `scale_x` and `scale_y` may be in any order, with other columns between them.
 *
 * @param file name for errors
 * @returns for each image the map to the original, `original = (x + 0.5) / scale - 0.5 + offset`
 * @throws FacekpError with file and line: `FRAMES_HEADER`, `FRAMES_ROW`, `FRAMES_FILE_DUPLICATE`, `ANNOTATIONS_INVALID` (quotes)
 * @example
 * ```ts
 * const frames = parseFrames('file,offset_x,offset_y,scale_x,scale_y\nafw/1.jpg,100,50,0.5,0.5')
 * const toSource = frames.get('afw/1.jpg')
 * ```
 */
export function parseFrames(text: string, file = 'frames.csv'): Map<string, Affine> {
  checkArgument(KINDS.string, text, 'text', 'parseFrames')
  checkArgument(KINDS.string, file, 'file', 'parseFrames')
  const [header, ...rows] = parseCsvRows(text, { file, delimiter: ',' })
  const missingColumn = COLUMNS.find((column) => !header?.fields.includes(column))
  if (!header || missingColumn) {
    throw new FacekpError({
      code: 'FRAMES_HEADER',
      file,
      line: header?.line ?? 1,
      problem: header ? `column ${missingColumn} is missing` : 'the header is missing',
      received: header?.fields.join(',') ?? 'an empty file',
      expected: COLUMNS.join(','),
    })
  }
  const frames = new Map<string, Affine>()
  for (const { line, fields } of rows) {
    const values = Object.fromEntries(fields.map((field, column) => [header.fields[column] ?? '', field]))
    const row = parseOptions({ schema: rowSchema, value: values, code: 'FRAMES_ROW', noun: 'column', file, line })
    if (frames.has(row.file)) {
      throw new FacekpError({
        code: 'FRAMES_FILE_DUPLICATE',
        file,
        line,
        problem: 'duplicate image',
        received: row.file,
        expected: 'one row per image',
      })
    }
    const scaleX = 1 / row.scale_x
    const scaleY = 1 / row.scale_y
    frames.set(row.file, [scaleX, 0, scaleX / 2 - 0.5 + row.offset_x, 0, scaleY, scaleY / 2 - 0.5 + row.offset_y])
  }
  return frames
}
