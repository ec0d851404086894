import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { LOAD_TYPESCRIPT } from '../../../../tests/support/typescript-program.ts'

const PROGRAM = `
  import { runProgram } from ${JSON.stringify(fileURLToPath(new URL('./run-program.ts', import.meta.url)))}
  await runProgram(async () => {
    for (let i = 0; i < 1000; i++) {
      console.log('line', i)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  })`

async function run(redirection: string): Promise<{ readonly code: number; readonly errors: string }> {
  const node = [process.execPath, ...LOAD_TYPESCRIPT, '--input-type=module', '--eval', '"$0"']
  // The shell ends with the code of the program, not of the reader.
  const child = spawn('bash', ['-c', `set -o pipefail; ${node.join(' ')} ${redirection}`, PROGRAM])
  let errors = ''
  child.stderr.on('data', (data) => {
    errors += data
  })
  child.stdout.resume()
  const [code] = await once(child, 'close')
  return { code, errors }
}

test('a pipe whose reader has ended ends the program quietly', async () => {
  expect(await run('| head -1')).toEqual({ code: 0, errors: '' })
})

if (existsSync('/dev/full')) {
  test('a full disk behind the output is one line', async () => {
    expect(await run('> /dev/full')).toEqual({
      code: 1,
      errors: expect.stringMatching(/^cannot write the .*ENOSPC.*\n$/),
    })
  })
}
