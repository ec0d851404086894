import { FacekpError } from '@facekp/core'
import Papa from 'papaparse'

export interface CsvRow {
  /** 1-based line of the file. */
  readonly line: number
  readonly fields: readonly string[]
}

/** Parses comma-separated values, skipping empty lines. Throws `CSV_INVALID` (a quote that is not closed). */
export function parseCsv(text: string, file: string): CsvRow[] {
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: ',' })
  const rows: CsvRow[] = []
  let line = 1
  for (const [index, fields] of data.entries()) {
    const error = errors.find(({ row }) => row === index)
    if (error) {
      throw new FacekpError({
        code: 'CSV_INVALID',
        file,
        line,
        problem: 'invalid CSV',
        received: error.message,
        expected: 'comma-separated values with balanced quotes',
      })
    }
    if (fields.length > 1 || fields[0]?.trim()) rows.push({ line, fields: fields.map((field) => field.trim()) })
    line += 1 + fields.reduce((lines, field) => lines + (field.match(/\r\n|\r|\n/g)?.length ?? 0), 0)
  }
  return rows
}
