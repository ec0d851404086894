import { FacekpError } from '@facekp/core'
import type { DetectOptions } from '@facekp/detector'
import { writeFileAtomic } from '@facekp/files'
import { createIdSet, type IdSet } from '@facekp/id-set'
import { formatCount } from '@facekp/options'
import { checkOutput } from '../check-output.ts'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { checkEnding } from '../file-endings.ts'
import { usageError } from '../usage-error.ts'
import { joinFiles } from './join-files.ts'
import { isPartialFile } from './journal.ts'
import { type ImageList, listImages } from './list-images.ts'
import type { MergeFlags } from './prediction-flags.ts'
import { readPredictions } from './read-predictions.ts'

/** Some names of a number of images. */
interface NamedImages {
  count: number
  /** The first ones. */
  readonly names: string[]
}

/** What is wrong with shards. */
interface Faults {
  /** Images that occur more than once. */
  readonly double: NamedImages
  /** Images of the list that no shard has. */
  readonly missing: NamedImages
  /** Images that are not in the list. */
  readonly unexpected: NamedImages
}

/** Number of images that are named. */
const NAMED = 10

/** Joins the shards of predictions in one file, if nothing is wrong with them. */
export async function mergeShards(
  shards: readonly string[],
  flags: MergeFlags,
  { stdin, signal }: CommandContext,
): Promise<CommandResult> {
  const { out } = flags
  if (flags.images !== undefined && flags.list === undefined) throw usageError('--images', '--list too', flags.images)
  checkShards(shards)
  await checkOutput(out, flags)
  checkEnding({ subject: 'option --out', path: out, format: 'jsonl' })
  const list = flags.list && (await listImages(flags.list, { stdin, images: flags.images }))
  const { images, double } = await readShards(shards, signal)
  const { missing, unexpected } = await compareWithList(shards, images, list)
  const faults = { double, missing, unexpected }
  const isSuccess = double.count + missing.count + unexpected.count === 0
  if (isSuccess) await writeFileAtomic(out, joinFiles(shards), 'OUTPUT_NOT_WRITTEN')
  return {
    text: formatMerge(images.size, faults, isSuccess ? flags : undefined),
    json: { images: images.size, isListed: list !== undefined, ...faults, ...(isSuccess && { path: out }) },
    isSuccess,
  }
}

function checkShards(shards: readonly string[]): void {
  const partial = shards.find(isPartialFile)
  if (partial !== undefined) {
    throw new FacekpError({
      code: 'PREDICTIONS_INCOMPLETE',
      file: partial,
      problem: 'the predictions are not complete',
      expected: 'a shard that is complete: run its command again, which goes on where it stopped',
    })
  }
}

/** Reads the images of shards. */
async function readShards(
  shards: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly images: IdSet; readonly double: NamedImages }> {
  const images = createIdSet()
  const double: NamedImages = { count: 0, names: [] }
  let pointCount: number | undefined
  let model: string | undefined
  let detector: DetectOptions | undefined
  for (const shard of shards) {
    for await (const { image, faces, ...prediction } of readPredictions(shard, { pointCount, model, detector })) {
      signal.throwIfAborted()
      pointCount ??= faces[0]?.points.length
      model ??= prediction.model
      detector ??= prediction.detector
      if (!images.add(image)) addName(double, image)
    }
  }
  return { images, double }
}

/** Finds the images that only the list or only the shards have. */
async function compareWithList(
  shards: readonly string[],
  images: IdSet,
  list: ImageList | undefined,
): Promise<Omit<Faults, 'double'>> {
  const missing: NamedImages = { count: 0, names: [] }
  const unexpected: NamedImages = { count: 0, names: [] }
  if (list === undefined) return { missing, unexpected }
  const listed = createIdSet()
  await list.visit((id) => {
    if (listed.add(id) && !images.has(id)) addName(missing, id)
  })
  // All images of the shards are listed if the numbers are the same.
  if (listed.size - missing.count === images.size) return { missing, unexpected }
  for (const shard of shards) {
    for await (const { image } of readPredictions(shard)) if (listed.add(image)) addName(unexpected, image)
  }
  return { missing, unexpected }
}

function addName(images: NamedImages, name: string): void {
  images.count++
  if (images.names.length < NAMED) images.names.push(name)
}

function formatMerge(count: number, faults: Faults, written: MergeFlags | undefined): string {
  const check =
    written?.list === undefined ? 'each once; give --list to find missing ones' : 'each image of the list once'
  return [
    formatCount(count, 'image') + (written === undefined ? '' : `, ${check}`),
    ...formatNames('double', faults.double),
    ...formatNames('missing', faults.missing),
    ...formatNames('not in the list', faults.unexpected),
    written === undefined ? 'nothing was written' : `written: ${written.out}`,
  ].join('\n')
}

function formatNames(label: string, { count, names }: NamedImages): string[] {
  if (count === 0) return []
  const rest = count > names.length ? [`  and ${count - names.length} more`] : []
  return [`${label}: ${formatCount(count, 'image')}`, ...names.map((name) => `  ${name}`), ...rest]
}
