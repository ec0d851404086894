import { writeFileAtomic } from '@facekp/files'

/** Writes a value as JSON, completely or not at all. */
export function writeJson(file: string, value: unknown): Promise<void> {
  return writeFileAtomic(file, `${JSON.stringify(value, null, 2)}\n`)
}
