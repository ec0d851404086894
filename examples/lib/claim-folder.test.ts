import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { claimFolder } from './claim-folder.ts'

const scratch = mkdtempSync(join(tmpdir(), 'facekp-claim-'))
afterAll(() => rmSync(scratch, { recursive: true }))

test('a folder is gone on with by the same settings, and only where that is asked for', async () => {
  const out = join(scratch, 'trainings')
  const settings = { size: 64, moves: { degrees: 15 }, left: undefined }
  for (const resume of [true, true]) expect(await claimFolder(out, settings, { resume })).toBe(out)
  await expect(claimFolder(out, settings, { resume: false })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('--resume'),
  })
  await expect(claimFolder(out, { ...settings, size: 80 }, { resume: true })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringMatching(/another size[\s\S]*80[\s\S]*64/),
  })
})
