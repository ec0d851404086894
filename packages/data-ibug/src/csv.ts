import { FacekpError } from '@facekp/core'
import Papa from 'papaparse'

/** A line of values. */
export interface CsvRow {
  /** The first line of the file is 1. */
  readonly line: number
  readonly fields: readonly string[]
}

/** The rows of a text of values with commas between, empty lines left out. Throws `CSV_INVALID` (a quote that is not closed). */
export function csvRows(text: string, file: string): CsvRow[] {
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
        problem: 'the values of this line cannot be told apart',
        received: error.message,
        expected: 'values with commas between, quotes in pairs',
      })
    }
    if (fields.length > 1 || fields[0]?.trim()) rows.push({ line, fields: fields.map((field) => field.trim()) })
    line += 1 + fields.reduce((lines, field) => lines + (field.match(/\r\n|\r|\n/g)?.length ?? 0), 0)
  }
  return rows
}
