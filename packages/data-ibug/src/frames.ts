import { type Affine, FacekpError } from '@facekp/core'
import { z } from 'zod'
import { checkFields } from './check-fields.ts'
import { csvRows } from './csv.ts'
import { number, positive } from './numbers.ts'

const COLUMNS = ['file', 'offset_x', 'offset_y', 'scale_x', 'scale_y']
const schema = z.object({
  file: z.string().min(1),
  offset_x: number,
  offset_y: number,
  scale_x: positive,
  scale_y: positive,
})

/**
 * Reads a `frames.csv`, which tells where in the original pictures those of the folder lie: a header, then a row a picture with
 * `file`, `offset_x`, `offset_y`, `scale_x` and `scale_y` among its columns, in any order.
 *
 * @returns for each picture the map to the original's points, `original = (x + 0.5) / scale - 0.5 + offset`
 * @throws FacekpError with file and line: `FRAMES_HEADER`, `FRAMES_ROW`, `FRAMES_FILE_TWICE`, `CSV_INVALID`
 */
export function parseFrames(text: string, file = 'frames.csv'): Map<string, Affine> {
  const [header, ...rows] = csvRows(text, file)
  const missing = COLUMNS.find((column) => !header?.fields.includes(column))
  if (!header || missing) {
    throw new FacekpError({
      code: 'FRAMES_HEADER',
      file,
      line: header?.line ?? 1,
      problem: `the header has no column ${missing ?? ''}`.trim(),
      received: header?.fields.join(',') ?? 'an empty file',
      expected: COLUMNS.join(','),
    })
  }
  const frames = new Map<string, Affine>()
  for (const { line, fields } of rows) {
    const named = Object.fromEntries(fields.map((field, column) => [header.fields[column] ?? '', field]))
    const row = checkFields(schema, named, { code: 'FRAMES_ROW', file, line, what: 'row' })
    if (frames.has(row.file)) {
      throw new FacekpError({
        code: 'FRAMES_FILE_TWICE',
        file,
        line,
        problem: 'a picture has two rows',
        received: row.file,
        expected: 'one row a picture',
      })
    }
    const [sx, sy] = [1 / row.scale_x, 1 / row.scale_y]
    frames.set(row.file, [sx, 0, sx / 2 - 0.5 + row.offset_x, 0, sy, sy / 2 - 0.5 + row.offset_y])
  }
  return frames
}
