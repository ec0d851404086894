import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { runTypeScript } from '../support/typescript-program.ts'

test('training with a pool of two workers gives exactly the losses of training without one', async () => {
  const program = runTypeScript(new URL('fixtures/pool-training.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, program, {
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  const { withoutPool, withPool } = JSON.parse(stdout.trim().split('\n').at(-1) as string)
  expect(withoutPool).toHaveLength(2)
  expect(withPool).toEqual(withoutPool)
})
