import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'

const PROGRAM = [
  '--import',
  'tsx',
  '--import',
  new URL('../../scripts/tsx-in-threads.mjs', import.meta.url).href,
  '--conditions=@facekp/source',
  fileURLToPath(new URL('fixtures/thread-program.ts', import.meta.url)),
]

test.each(['onnx', 'wasm', 'cpu'])(
  'a training in a thread with a pool has exactly the losses and weights of the main thread on backend %s',
  async (backend) => {
    const env = { ...process.env, NODE_OPTIONS: '' }
    const { stdout } = await promisify(execFile)(process.execPath, [...PROGRAM, backend], { env })
    const { main, thread } = JSON.parse(stdout.trim().split('\n').at(-1) as string)
    expect(main.losses).toHaveLength(2)
    expect(main.weights.length).toBeGreaterThan(10)
    expect(thread).toEqual(main)
  },
)
