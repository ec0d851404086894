import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readText } from './read-text.ts'

const FILE = { code: 'LIST_MISSING', kind: 'list', expected: 'a list' }

test('reads text in UTF-8 and UTF-16; a missing file is an error that names it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'facekp-read-text-'))
  try {
    const path = join(folder, 'a')
    await expect(readText(path, FILE)).rejects.toMatchObject({ code: 'LIST_MISSING', file: path })
    for (const encoding of ['utf8', 'utf16le'] as const) {
      await writeFile(path, Buffer.from('\uFEFFé', encoding))
      expect(await readText(path, FILE)).toBe('é')
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})
