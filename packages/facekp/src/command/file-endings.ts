import { extname } from 'node:path'
import { FacekpError } from '@facekp/core'
import type { AnnotationFormat } from '@facekp/data-formats'
import type { PredictionFormat } from './predictions/prediction-format.ts'

type OutputFormat = AnnotationFormat | PredictionFormat

/** Endings of the formats of labels, the usual one first; a format without an ending is written as a folder. */
const LABEL_ENDINGS: Readonly<Record<AnnotationFormat, readonly string[]>> = {
  coco: ['.json'],
  'yolo-pose': [],
  cvat: ['.xml'],
  labelme: [],
  'label-studio': ['.json'],
  imglab: ['.xml'],
  pts: [],
  wflw: ['.txt'],
  csv: ['.csv', '.tsv', '.txt'],
}

/** Endings of all formats that are written. */
const ENDINGS: Readonly<Record<OutputFormat, readonly string[]>> = {
  ...LABEL_ENDINGS,
  jsonl: ['.jsonl', '.ndjson', '.txt'],
  images: [],
}

/** The formats of labels; those of `@facekp/data-formats`, which is not loaded for their names. */
export const LABEL_FORMATS = Object.keys(LABEL_ENDINGS) as readonly AnnotationFormat[]

/** Tests whether a format is written as a folder, not as one file. */
export function isFolderFormat(format: OutputFormat): boolean {
  return ENDINGS[format].length === 0
}

/** Endings that say another format than the content: `readDataset` reads text in such a file as `.pts`. */
const USED_ENDINGS: ReadonlySet<string> = new Set(['.pts', ...Object.values(ENDINGS).flat()])

/** Formats that `readDataset` recognizes by their ending, the others by their content. */
const RECOGNIZED_BY_ENDING: ReadonlySet<OutputFormat> = new Set(['csv'])

/** Returns the format of which a file has the usual ending; undefined if none of the formats has it. */
export function inferFormat<Format extends OutputFormat>(path: string, formats: readonly Format[]): Format | undefined {
  const ending = getEnding(path)
  return formats.find((format) => ENDINGS[format][0] === ending)
}

/** What {@link checkEnding} checks. */
export interface CheckedFile {
  /** What names the file on the command line, such as `option --out`. */
  readonly subject: string
  readonly path: string
  readonly format: OutputFormat
  /** Formats that the command offers by `--to`. */
  readonly formats?: readonly OutputFormat[]
}

/**
 * Refuses a file whose ending is that of other formats, or by which its format would not be recognized when it is read. Folders may have
 * any name.
 *
 * @throws FacekpError `OPTION_INVALID`
 */
export function checkEnding({ subject, path, format, formats = [] }: CheckedFile): void {
  const endings = ENDINGS[format]
  const ending = getEnding(path)
  if (isFolderFormat(format) || endings.includes(ending)) return
  if (!USED_ENDINGS.has(ending) && !RECOGNIZED_BY_ENDING.has(format)) return
  const others = formats.filter((other) => ENDINGS[other].includes(ending)).map((other) => `--to ${other}`)
  throw new FacekpError({
    code: 'OPTION_INVALID',
    problem: `${subject}: ${ending === '' ? 'no ending' : `the ending ${ending}`} for a file of ${format}`,
    expected: [`a path that ends in ${endings.join(' or ')}`, ...others].join('; or '),
    received: path,
  })
}

function getEnding(path: string): string {
  return extname(path).toLowerCase()
}
