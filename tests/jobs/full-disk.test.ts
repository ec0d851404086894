import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { testIf } from '../support/require.ts'
import { canMount, runOnSmallDisk } from '../support/small-disk.ts'
import { runTypeScript } from '../support/typescript-program.ts'
import { JOB_MODULE, type PrintedResult } from './coordinate.ts'
import type { Coordination } from './fixtures/coordinator.ts'

const JOBS = 300

testIf(canMount, 'a disk of its own')('a run whose journal fills the disk goes on once there is space', () => {
  const root = mkdtempSync(join(tmpdir(), 'facekp-jobs-disk-'))
  const folder = join(root, 'disk')
  mkdirSync(folder)
  const spec: Coordination = {
    executor: { workers: 1 },
    module: JOB_MODULE.href,
    folder: root,
    journal: join(folder, 'journal.jsonl'),
    count: JOBS,
    args: { log: false },
  }
  const program = runTypeScript(new URL('fixtures/coordinator.ts', import.meta.url), JOB_MODULE)
  const args = [process.execPath, ...program, JSON.stringify(spec)]
  // 16 kB hold the lock and some 80 results.
  const script = `"$@" && exit 98\necho full\nmount -o remount,size=1m "$DISK"\n"$@" && cat "$DISK/journal.jsonl" >&2`
  const { code, stdout, stderr } = runOnSmallDisk({ folder, kB: 16 }, script, args)
  rmSync(root, { recursive: true })
  expect(code).toBe(0)
  expect(stderr).toContain('expected free space on the disk')
  const [first = [], second = []] = stdout.split('full\n').map((text) => parseLines(text))
  expect(first.length).toBeGreaterThan(10)
  expect(first.length).toBeLessThan(JOBS)
  const numbers = Array.from({ length: JOBS }, (_, n) => n)
  expect(second.map(({ n }) => n).sort((a, b) => a - b)).toEqual(numbers)
  for (const { n, value } of second) expect(value).toEqual({ n, square: n * n })
  // What was reported before the disk was full is repeated, not run again.
  expect(second.filter(({ isRepeated }) => isRepeated).length).toBeGreaterThanOrEqual(first.length)
  expect(stderr.match(/^\{"id"/gm)).toHaveLength(JOBS)
})

function parseLines(text: string): PrintedResult[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}
