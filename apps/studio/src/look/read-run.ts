import { FacekpError } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import {
  type RunEpoch,
  type RunErrors,
  type RunSummary,
  runEpochSchema,
  runErrorsSchema,
  runSummarySchema,
} from '@facekp/recipes'
import type { PathFile } from '../components/path-file.ts'

/** A training, as its folder describes it. What it has not written yet is undefined. */
export interface Run {
  /** Name of its folder. */
  readonly name: string
  readonly history: readonly RunEpoch[]
  readonly summary?: RunSummary | undefined
  readonly errors?: RunErrors | undefined
  /** Images of `plots/`, by their names without ending. */
  readonly plots: ReadonlyMap<string, File>
  /** The files of its landmarker; none if it was not saved. */
  readonly landmarker: readonly PathFile[]
}

/**
 * Reads the folder of a run, or one that contains it.
 *
 * @throws FacekpError `RUN_MISSING` if it is no run, `RUN_DAMAGED` naming file and line
 */
export async function readRun(files: readonly PathFile[]): Promise<Run> {
  const marker = files
    .filter(({ path }) => /(^|\/)(history\.jsonl|summary\.json)$/.test(path))
    .sort((a, b) => a.path.split('/').length - b.path.split('/').length)[0]
  if (!marker) throw runMissingError(files)
  const folder = marker.path.slice(0, marker.path.lastIndexOf('/') + 1)
  const find = (name: string): File | undefined => files.find(({ path }) => path === `${folder}${name}`)?.file
  const read = async <Value>(name: string, parse: (text: string) => Value): Promise<Value | undefined> => {
    const file = find(name)
    return file && parse(await file.text())
  }
  return {
    name: folder.split('/').at(-2) ?? 'run',
    history: (await read('history.jsonl', parseHistory)) ?? [],
    summary: await read('summary.json', (text) => parse(text, runSummarySchema, { file: 'summary.json' })),
    errors: await read('errors.json', (text) => parse(text, runErrorsSchema, { file: 'errors.json' })),
    plots: new Map(
      files
        .filter(({ path }) => path.startsWith(`${folder}plots/`) && path.endsWith('.png'))
        .map(({ file }) => [file.name.slice(0, -'.png'.length), file]),
    ),
    landmarker: files.filter(({ path }) => path.startsWith(`${folder}landmarker/`)),
  }
}

/** Parses `history.jsonl`. A training under way may be writing its last line: it is left out if it has no end. */
export function parseHistory(text: string): RunEpoch[] {
  const lines = text.split('\n').slice(0, -1)
  return lines.flatMap((line, i) =>
    line.trim() === '' ? [] : [parse(line, runEpochSchema, { file: 'history.jsonl', line: i + 1 })],
  )
}

type RunSchema = Parameters<typeof parseOptions>[0]['schema']

function parse<Schema extends RunSchema>(
  text: string,
  schema: Schema,
  place: { readonly file: string; readonly line?: number },
): ReturnType<typeof parseOptions<Schema>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new FacekpError({
      code: 'RUN_DAMAGED',
      problem: 'invalid JSON',
      ...place,
      expected: 'the file that the run wrote',
      received: (cause as Error).message,
      cause,
    })
  }
  return parseOptions({ schema, value, code: 'RUN_DAMAGED', noun: 'key', ...place })
}

function runMissingError(files: readonly PathFile[]): FacekpError {
  return new FacekpError({
    code: 'RUN_MISSING',
    problem: 'no training among these files',
    expected: 'the folder of a run, with history.jsonl and, once it is finished, summary.json',
    received: files
      .slice(0, 4)
      .map(({ path }) => path)
      .join(', '),
  })
}
