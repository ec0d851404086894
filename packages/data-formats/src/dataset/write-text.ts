import { writeFileAtomic } from '@facekp/files'

/** Writes an annotation file, completely or not at all; creates its folder. Throws `ANNOTATIONS_NOT_WRITTEN` with the file. */
export function writeText(path: string, text: string): Promise<void> {
  return writeFileAtomic(path, text, 'ANNOTATIONS_NOT_WRITTEN')
}

/** Writes an object as JSON with an indent of 1, as {@link writeText}. */
export function writeJson(path: string, value: unknown): Promise<void> {
  return writeText(path, `${JSON.stringify(value, undefined, 1)}\n`)
}
