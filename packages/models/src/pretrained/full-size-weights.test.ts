import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from '@jest/globals'
import { findPython } from '../../../../tests/support/find-python.ts'
import { testIf } from '../../../../tests/support/require.ts'
import { runProgram } from '../../fixtures/run-program.ts'
import { fixturePath } from '../../fixtures/tiny-nets.ts'

const python = findPython(['torch', 'torchvision'])

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facekp-full-'))
})
afterAll(() => rm(folder, { recursive: true }))

testIf(python, 'a Python with torchvision')(
  "networks predict the same as torchvision's from both file formats, for color and for gray images",
  () => {
    const results = runProgram(fixturePath('full-size-weights.ts'), [python as string, folder])
    const mismatches = { adapted: [], replaced: [], missingKeys: [], unexpectedKeys: [] }
    expect(results).toEqual([
      { mismatches, difference: expect.any(Number) },
      {
        mismatches: { ...mismatches, adapted: [{ weight: 'conv1/kernel', from: 3, to: 1 }] },
        difference: expect.any(Number),
      },
    ])
    for (const { difference } of results as { difference: number }[]) expect(difference).toBeLessThan(1e-4)
  },
)
