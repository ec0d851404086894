import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { LOAD_TYPESCRIPT } from '../../../tests/support/typescript-program.ts'
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
    writePackage(folder, name, '"./index.js"', { 'index.js': `export default (args) => ['${folder}', args]` })
  }
})

/** Writes a package of modules into the node_modules of a folder. */
function writePackage(folder: string, name: string, exports: string, files: Readonly<Record<string, string>>): void {
  const path = join(root, folder, 'node_modules', name)
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'package.json'), `{ "type": "module", "exports": ${exports} }`)
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content)
}
afterAll(() => rmSync(root, { recursive: true }))

const locatePlace = (folder: string): string => pathToFileURL(join(root, folder, 'jobs.js')).href

const run = (module: string): ReturnType<typeof runJob> =>
  runJob(createJob({ module, args: 1 }), ['project', 'tool'].map(locatePlace))

test('packages are those of the first place that has them', async () => {
  expect(await run('both')).toEqual({ status: 'done', value: ['project', 1] })
  expect(await run('own')).toEqual({ status: 'done', value: ['tool', 1] })
})

/** Runs the job of a module in a program of its own: packages are found by Node, not by Jest. */
function runByNode(module: string, folders: readonly string[] = ['project']): unknown {
  const program = `
    import { createJob } from ${JSON.stringify(new URL('job.ts', import.meta.url).href)}
    import { runJob } from ${JSON.stringify(new URL('run-job.ts', import.meta.url).href)}
    const job = createJob({ module: ${JSON.stringify(module)}, args: 1 })
    console.log(JSON.stringify(await runJob(job, ${JSON.stringify(folders.map(locatePlace))})))`
  const args = [...LOAD_TYPESCRIPT, '--input-type=module', '--eval', program]
  const env = { ...process.env, NODE_OPTIONS: '' }
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env }))
}

test('entries for import only are found, and the function of a CommonJS build', () => {
  writePackage('project', 'imported', '{ "./job": { "types": "./job.d.ts", "import": "./job.js" } }', {
    'job.js': "export default () => 'imported'",
  })
  expect(runByNode('imported/job')).toEqual({ status: 'done', value: 'imported' })
  writePackage('project', 'twofold', '{ "import": "./index.js", "require": "./index.cjs" }', {
    'index.js': "export default () => 'imported'",
    'index.cjs': "exports.default = () => 'required'",
  })
  expect(runByNode('twofold')).toEqual({ status: 'done', value: 'required' })
})

test('an entry that the package of the first place lacks is found in the next one', () => {
  writePackage('project', 'newer', '{ ".": "./index.js" }', { 'index.js': 'export default () => 1' })
  writePackage('tool', 'newer', '{ "./job": { "import": "./job.js" } }', { 'job.js': "export default () => 'tool'" })
  expect(runByNode('newer/job', ['project', 'tool'])).toEqual({ status: 'done', value: 'tool' })
  expect(runByNode('newer/task', ['project', 'tool'])).toMatchObject({
    status: 'failed',
    error: { code: 'JOB_MODULE', received: expect.stringContaining(join('project', 'node_modules', 'newer')) },
  })
})

test('a package that lacks another one is not looked for elsewhere', async () => {
  writePackage('project', 'lacking', '"./index.js"', { 'index.js': "import 'absent'\nexport default () => 1" })
  writePackage('tool', 'lacking', '"./index.js"', { 'index.js': 'export default () => 2' })
  expect(await run('lacking')).toMatchObject({
    status: 'failed',
    error: { code: 'JOB_MODULE', file: 'lacking', received: expect.stringContaining("'absent'") },
  })
})

test('the error of a missing package names the first place', async () => {
  expect(await run('neither')).toMatchObject({
    status: 'failed',
    error: { code: 'JOB_MODULE', file: 'neither', received: expect.stringContaining(join(root, 'project')) },
  })
})
