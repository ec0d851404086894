import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createJob } from './job.ts'
import { runJob } from './run-job.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'facekp-run-job-'))
  for (const [folder, name] of [
    ['project', 'both'],
    ['tool', 'both'],
    ['tool', 'own'],
  ] as const) {
    const path = join(root, folder, 'node_modules', name)
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, 'package.json'), '{ "type": "module", "exports": "./index.js" }')
    writeFileSync(join(path, 'index.js'), `export default (args) => ['${folder}', args]`)
  }
})
afterAll(() => rmSync(root, { recursive: true }))

const run = (module: string): ReturnType<typeof runJob> =>
  runJob(
    createJob({ module, args: 1 }),
    ['project', 'tool'].map((folder) => pathToFileURL(join(root, folder, 'jobs.js')).href),
  )

test('packages are those of the first place that has them', async () => {
  expect(await run('both')).toEqual({ status: 'done', value: ['project', 1] })
  expect(await run('own')).toEqual({ status: 'done', value: ['tool', 1] })
})

test('the error of a missing package names the first place', async () => {
  expect(await run('neither')).toMatchObject({
    status: 'failed',
    error: { code: 'JOB_MODULE', file: 'neither', received: expect.stringContaining(join(root, 'project')) },
  })
})
