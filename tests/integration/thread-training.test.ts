import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { runTypeScript } from '../support/typescript-program.ts'

const PROGRAM = runTypeScript(new URL('fixtures/thread-program.ts', import.meta.url))

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
