import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { findIbug, findImm } from './find-data.ts'

const before = process.env['FACEKP_DATA']
let scratch: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-data-'))
  process.env['FACEKP_DATA'] = scratch
})
afterEach(() => {
  rmSync(scratch, { recursive: true })
  if (before === undefined) delete process.env['FACEKP_DATA']
  else process.env['FACEKP_DATA'] = before
})

test('iBUG is the folder that FACEKP_DATA names, or one in it, that holds its list', () => {
  const inside = join(scratch, 'ibug_300W_mini')
  mkdirSync(inside)
  for (const folder of [scratch, inside]) {
    writeFileSync(join(folder, 'labels_ibug_300W_train.xml'), '')
    expect(findIbug()).toBe(folder)
  }
})

test('without iBUG the error says how to get it', () => {
  expect(() => findIbug()).toThrow(
    expect.objectContaining({
      code: 'DATA_MISSING',
      received: scratch,
      expected: expect.stringContaining('fetchIbug()'),
    }),
  )
})

test('FACEKP_DATA that is empty is not set', () => {
  process.env['FACEKP_DATA'] = ''
  // It would be the working folder.
  expect(findImm()).not.toBe('')
})

test('IMM is the folder that FACEKP_DATA names, or imm_face_db in it', () => {
  expect(findImm()).toBe(scratch)
  mkdirSync(join(scratch, 'imm_face_db'))
  expect(findImm()).toBe(join(scratch, 'imm_face_db'))
})
