import { existsSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, normalize, relative } from 'node:path'
import { type Dataset, FacekpError } from '@facekp/core'
import { type NewFile, writeFiles } from '@facekp/files'
import { joinSome, parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import type { AnnotatedImage } from '../annotations/annotations.ts'
import { collectAnnotations } from './collect-annotations.ts'

/** Options of the writers of datasets. */
export interface AnnotationWriteOptions {
  /**
   * Folder, relative to the annotations, to write the samples' images into as PNG. Default: none for a dataset that was read from annotations, whose images stay
   * where they are under the names in its file; `images` for any other, or the folder of the `.pts` files. YOLO-pose has no choice: its images are always
   * written, into `images`; another folder is an error.
   */
  readonly images?: string | undefined
  /** Ends the writing; nothing is written then. */
  readonly signal?: AbortSignal | undefined
}

const optionsSchema = z.strictObject({
  images: z.optional(
    z.string().check(z.refine((path) => !isAbsolute(path), 'a path relative to the annotations, such as images')),
  ),
  signal: z.optional(z.instanceof(AbortSignal)),
})

/** How a format stores annotations in a folder. */
interface AnnotationFolder {
  readonly folder: string
  /** Folder of the images of a dataset that was not read from annotations (default `images`). */
  readonly defaultImages?: string
  /** Serializes the annotations as files below the folder. */
  readonly serialize: (images: readonly AnnotatedImage[]) => Iterable<NewFile>
  /** Lists the files of the folder, by their paths below it, that its reader takes for a part of the dataset (default none). */
  readonly listParts?: (folder: string) => Promise<readonly string[]>
}

/**
 * Writes a dataset into a folder: its images, if they are to be written, and then its annotations; all of these files or none.
 *
 * @throws FacekpError `WRITE_OPTIONS`; `ANNOTATIONS_NOT_WRITTEN`, also if the folder contains parts of another dataset; and what `serialize` throws
 */
export async function writeAnnotations(
  dataset: Dataset,
  { folder, defaultImages = 'images', serialize, listParts }: AnnotationFolder,
  options: AnnotationWriteOptions,
): Promise<void> {
  const { images, signal } = parseOptions({ schema: optionsSchema, value: options, code: 'WRITE_OPTIONS' })
  async function* createFiles(): AsyncGenerator<NewFile> {
    const written = new Set<string>()
    for await (const file of serializeDataset()) {
      written.add(normalizeName(file.path))
      yield file
    }
    const parts = listParts && existsSync(folder) ? await listParts(folder) : []
    const others = parts.filter((name) => !written.has(normalizeName(name)))
    if (others.length > 0) throw otherDatasetError(folder, others)
    signal?.throwIfAborted()
  }
  async function* serializeDataset(): AsyncGenerator<NewFile> {
    yield* serialize(yield* collectAnnotations(dataset, { images, defaultImages, signal }))
  }
  // The images may be beside the folder of the annotations.
  const [parents = ''] = /^(\.\.([\\/]|$))*/.exec(normalize(images ?? defaultImages)) ?? []
  const root = join(folder, parents)
  await writeFiles(root, moveFiles(createFiles(), relative(root, folder)), 'ANNOTATIONS_NOT_WRITTEN')
}

/** Writes a dataset as {@link writeAnnotations} does, with annotations of one file. */
export async function writeAnnotationFile(
  dataset: Dataset,
  path: string,
  options: AnnotationWriteOptions,
  serialize: (images: readonly AnnotatedImage[]) => string,
): Promise<void> {
  const folder = dirname(path)
  const serializeFile = (images: readonly AnnotatedImage[]): NewFile[] => [
    { path: basename(path), content: serialize(images) },
  ]
  await writeAnnotations(dataset, { folder, serialize: serializeFile }, options)
}

/** Formats an object as JSON with an indent of 1. */
export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 1)}\n`
}

/** Gives a path the separators of the system, and one Unicode normal form. */
function normalizeName(path: string): string {
  return normalize(path).normalize('NFC')
}

/** Creates the error of files that would be read together with those that are written. They are not removed: nothing says who made them. */
function otherDatasetError(folder: string, names: readonly string[]): FacekpError {
  return new FacekpError({
    code: 'ANNOTATIONS_NOT_WRITTEN',
    file: folder,
    problem: 'the folder contains a part of another dataset, which would be read together with this one',
    received: joinSome(names),
    expected: 'a new folder, or the same one without these files',
  })
}

async function* moveFiles(files: AsyncIterable<NewFile>, folder: string): AsyncGenerator<NewFile> {
  for await (const file of files) yield { ...file, path: join(folder, file.path) }
}
