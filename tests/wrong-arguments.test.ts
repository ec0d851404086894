import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { LOAD_TYPESCRIPT } from './support/typescript-program.ts'

const FILE = fileURLToPath(new URL('support/call-with-wrong-arguments.ts', import.meta.url))
// It loads the entries of all packages by their files.
const PROGRAM = [...LOAD_TYPESCRIPT, FILE]

test('every public function answers wrong arguments with a FacekpError, bounded in time and memory', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'facekp-arguments-'))
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['--max-old-space-size=800', ...PROGRAM], {
      cwd,
      env: { ...process.env, NODE_OPTIONS: '', FACEKP_DATA: cwd },
      timeout: 570_000,
      killSignal: 'SIGKILL',
      maxBuffer: 2 ** 26,
    })
    const { calls, faults } = JSON.parse(stdout.trim().split('\n').at(-1) as string)
    expect(faults).toEqual([])
    expect(calls).toBeGreaterThan(10_000)
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}, 600_000)
