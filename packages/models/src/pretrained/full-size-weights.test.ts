import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from '@jest/globals'
import { requirement, testIf } from '../../../../tests/support/require.ts'
import { fixturePath } from '../../fixtures/tiny-nets.ts'

const python = ['/usr/bin/python3', 'python3'].find((command) => {
  try {
    execFileSync(command, ['-c', 'import torch, torchvision'], { stdio: 'ignore' })
    return true
  } catch {
    return requirement('python')
  }
})

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facekp-full-'))
})
afterAll(() => rm(folder, { recursive: true }))

testIf(python, 'a Python with torchvision').each(['resnet18', 'resnet50'])(
  "%s predicts the same as torchvision's from both file formats, for color and for gray images",
  (name) => {
    const program = fixturePath('full-size-weights.ts')
    const node = ['--import', 'tsx', '--conditions=@facekp/source', program]
    const output = execFileSync(process.execPath, [...node, python as string, name, folder], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const result = JSON.parse(output.trim().split('\n').at(-1) as string)
    expect(result.mismatches).toEqual({ adapted: [], replaced: [], missingKeys: [], unexpectedKeys: [] })
    expect(result.colorOutput).toBeLessThan(1e-4)
    expect(result.grayOutput).toBeLessThan(1e-4)
  },
)
