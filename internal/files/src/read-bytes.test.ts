import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readBytes } from './read-bytes.ts'

const FILE = { code: 'MODEL_MISSING', kind: 'model', expected: 'a folder with model.json' }

test('reads a file; a missing one and a folder are errors that name it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'facekp-read-bytes-'))
  try {
    const path = join(folder, 'a')
    await expect(readBytes(path, FILE)).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      file: path,
      problem: 'the model does not exist',
      expected: 'a folder with model.json',
    })
    await expect(readBytes(folder, FILE)).rejects.toMatchObject({ file: folder, problem: 'cannot read the model' })
    await writeFile(path, Uint8Array.of(1, 2))
    expect([...(await readBytes(path, FILE))]).toEqual([1, 2])
  } finally {
    await rm(folder, { recursive: true })
  }
})
