import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'

test('a training on a pool of two workers is the training without one, number by number', async () => {
  const program = fileURLToPath(new URL('fixtures/pool-training.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--conditions=@facekp/source', program],
    { env: { ...process.env, NODE_OPTIONS: '' } },
  )
  const { alone, pooled } = JSON.parse(stdout.trim().split('\n').at(-1) as string)
  expect(alone).toHaveLength(2)
  expect(pooled).toEqual(alone)
}, 120_000)
