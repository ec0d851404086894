import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { ibugFolder } from './ibug-faces.ts'

const before = process.env['FACEKP_DATA']
let scratch: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-ibug-'))
  process.env['FACEKP_DATA'] = scratch
})
afterEach(() => {
  rmSync(scratch, { recursive: true })
  if (before === undefined) delete process.env['FACEKP_DATA']
  else process.env['FACEKP_DATA'] = before
})

test('a folder that is named is taken', () => {
  expect(ibugFolder('faces')).toBe('faces')
})

test('the folder that FACEKP_DATA names, or one in it, is found by its list', () => {
  const inside = join(scratch, 'ibug_300W_mini')
  mkdirSync(inside)
  for (const folder of [scratch, inside]) {
    writeFileSync(join(folder, 'labels_ibug_300W_train.xml'), '')
    expect(ibugFolder(undefined)).toBe(folder)
  }
})

test('where there are no faces, the error tells how to come by them', () => {
  expect(() => ibugFolder(undefined)).toThrow(
    expect.objectContaining({
      code: 'DATA_MISSING',
      received: scratch,
      expected: expect.stringContaining('fetchIbug()'),
    }),
  )
})
