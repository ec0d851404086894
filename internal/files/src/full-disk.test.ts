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
await writeFileAtomic(disk + '/file', 'x'.repeat(1e6)).catch(({ code, file, expected, cause }) =>
  console.log(JSON.stringify({ code, file, expected, cause: cause.code, left: readdirSync(disk) })))`

testIf(canMount, 'a disk of its own')('a full disk and one that is read-only are errors that name the fix', () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-disk-'))
  const args = [process.execPath, ...LOAD_TYPESCRIPT, '--input-type=module', '--eval', PROGRAM]
  const script = `"$@" && mount -o remount,ro "$DISK" && "$@"`
  const { stdout, stderr } = runOnSmallDisk({ folder, kB: 64 }, script, args)
  rmSync(folder, { recursive: true })
  const file = join(folder, 'file')
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
