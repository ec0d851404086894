import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'

test('training with a pool of two workers gives exactly the losses of training without one', async () => {
  const program = fileURLToPath(new URL('fixtures/pool-training.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--conditions=@facekp/source', program],
    { env: { ...process.env, NODE_OPTIONS: '' } },
  )
  const { withoutPool, withPool } = JSON.parse(stdout.trim().split('\n').at(-1) as string)
  expect(withoutPool).toHaveLength(2)
  expect(withPool).toEqual(withoutPool)
}, 120_000)
