import { checkArgument, FacekpError, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import Papa from 'papaparse'

const PARSE_CSV_ROWS_OPTIONS = optionsKind({ file: KINDS.string, delimiter: KINDS.string })

/** A row of a CSV file. */
export interface CsvRow {
  /** Line of the file, from 1. */
  readonly line: number
  /** Values without blanks around them. */
  readonly fields: readonly string[]
}

/**
 * Splits CSV text into rows and values, quoted ones included, and leaves out empty lines.
 *
 * @param options.file name of the file in errors; default `table.csv`
 * @param options.delimiter character between values; default: recognized from the text among comma, semicolon, tab and bar
 * @throws FacekpError `ANNOTATIONS_INVALID` with file and line for a quote that is not closed
 * @example
 * ```ts
 * import { parseCsvRows } from '@facekp/data-formats'
 *
 * console.log(parseCsvRows('image,x\n"a, b.jpg",3')[1]) // { line: 2, fields: ['a, b.jpg', '3'] }
 * ```
 */
export function parseCsvRows(
  text: string,
  options: { readonly file?: string; readonly delimiter?: string | undefined } = {},
): CsvRow[] {
  checkArgument(KINDS.string, text, 'text', 'parseCsvRows')
  checkArgument(PARSE_CSV_ROWS_OPTIONS, options, 'options', 'parseCsvRows')
  const { file = 'table.csv', delimiter = '' } = options
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), {
    delimiter,
    delimitersToGuess: [',', ';', '\t', '|'],
  })
  const quoteError = errors.find(({ type }) => type === 'Quotes')
  const rows: CsvRow[] = []
  let line = 1
  for (const [index, fields] of data.entries()) {
    if (quoteError && quoteError.row === index) {
      throw new FacekpError({
        code: 'ANNOTATIONS_INVALID',
        file,
        line,
        problem: `invalid quotes: ${quoteError.message}`,
        expected: 'values with balanced quotes',
      })
    }
    if (fields.length > 1 || fields[0]?.trim()) rows.push({ line, fields: fields.map((field) => field.trim()) })
    line += 1 + fields.reduce((lines, field) => lines + (field.match(/\r\n|\r|\n/g)?.length ?? 0), 0)
  }
  return rows
}
