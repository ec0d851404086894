import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { createSweepTable } from './sweep-table.ts'

test('the same faces with another seed do not narrow the interval', async () => {
  const root = mkdtempSync(join(tmpdir(), 'facekp-sweep-table-'))
  const faces = [1, 2, 4, 8, 16].map((errorPx) => ({ id: `${errorPx}.png`, errorPx }))
  const folders = [0, 1, 2].map((seed) => join(root, `seed-${seed}`))
  for (const folder of folders) {
    mkdirSync(folder)
    writeFileSync(join(folder, 'errors.json'), JSON.stringify({ scheme: 'drawn', faces }))
  }
  const trial = { trial: 0, overrides: ['lr=1'], epochs: 3, valErrorPx: 6.2 }
  const rows = await createSweepTable([
    { ...trial, folders: folders.slice(0, 1) },
    { ...trial, folders },
  ])
  rmSync(root, { recursive: true })
  expect(rows[0]?.errorPx?.value).toBeCloseTo(31 / 5, 10)
  expect(rows[1]?.errorPx).toEqual(rows[0]?.errorPx)
})
