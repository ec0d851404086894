import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { testIf } from '../../../tests/support/require.ts'
import { canMount, runOnSmallDisk } from '../../../tests/support/small-disk.ts'
import { LOAD_TYPESCRIPT } from '../../../tests/support/typescript-program.ts'

/** Writes more than the disk holds, and prints the error and what is left on the disk. */
const PROGRAM = `
import { readdirSync } from 'node:fs'
import { writeFileAtomic } from ${JSON.stringify(new URL('write-file-atomic.ts', import.meta.url).href)}
const disk = process.env.DISK
await writeFileAtomic(disk + '/a/b/file', 'x'.repeat(1e6)).catch(({ code, file, expected, cause }) =>
  console.log(JSON.stringify({ code, file, expected, cause: cause.code, left: readdirSync(disk) })))`

/** Writes a folder on a disk without space, not even for its lock, and prints the error and what is left on the disk. */
const FULL = `
import { readdirSync, writeFileSync } from 'node:fs'
import { writeIndexedFolder } from ${JSON.stringify(new URL('write-indexed-folder.ts', import.meta.url).href)}
const disk = process.env.DISK
try {
  writeFileSync(disk + '/photos', 'x'.repeat(1e6))
} catch {}
const content = { index: 'index.json', files: [], formatIndex: () => '{}', parseIndex: () => [], code: 'NOT_WRITTEN' }
await writeIndexedFolder(disk + '/a/model', content).catch(({ code, file, cause }) =>
  console.log(JSON.stringify({ code, file, cause: cause.code, left: readdirSync(disk, { recursive: true }) })))`

testIf(canMount, 'a disk of its own')('a folder that is written to a full disk leaves nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-disk-'))
  const args = [process.execPath, ...LOAD_TYPESCRIPT, '--input-type=module', '--eval', FULL]
  const { stdout, stderr } = runOnSmallDisk({ folder, kB: 64 }, '"$@"', args)
  rmSync(folder, { recursive: true })
  expect(JSON.parse(`${stdout}${stderr}`)).toEqual({
    code: 'NOT_WRITTEN',
    file: join(folder, 'a', 'model'),
    cause: 'ENOSPC',
    left: ['photos'],
  })
})

testIf(canMount, 'a disk of its own')('a full disk and one that is read-only are errors that name the fix', () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-disk-'))
  const args = [process.execPath, ...LOAD_TYPESCRIPT, '--input-type=module', '--eval', PROGRAM]
  const script = `"$@" && mount -o remount,ro "$DISK" && "$@"`
  const { stdout, stderr } = runOnSmallDisk({ folder, kB: 64 }, script, args)
  rmSync(folder, { recursive: true })
  const file = join(folder, 'a', 'b', 'file')
  const error = { code: 'FILE_NOT_WRITTEN', file, left: [] }
  expect(
    `${stdout}${stderr}`
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { ...error, cause: 'ENOSPC', expected: 'free space on the disk, or a path on another one' },
    { ...error, cause: 'EROFS', expected: 'a path on a disk that can be written to' },
  ])
})
