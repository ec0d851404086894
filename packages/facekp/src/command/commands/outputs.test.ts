import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodePng } from '@facekp/image'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runInMemory } from '../../../fixtures/run-in-memory.ts'

let root = ''
const at = (name: string): string => join(root, name)

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-outputs-'))
  for (const name of ['photographs', 'photographs/more', 'run']) mkdirSync(at(name))
  const image = { data: new Uint8Array(16), width: 4, height: 4, channels: 1 } as const
  for (const name of ['a.png', 'more/b.png']) writeFileSync(at(`photographs/${name}`), await encodePng(image))
  writeFileSync(at('photographs/labels.json'), '{}')
  writeFileSync(at('photographs/images.txt'), `${at('photographs/a.png')}\n`)
  writeFileSync(at('run/summary.json'), '{}')
  writeFileSync(at('file'), '')
})
afterAll(() => rmSync(root, { recursive: true }))

/** Runs a command in which `@NAME` is a path below the folder of these tests. */
function run(command: string) {
  return runInMemory(command.split(' ').map((part) => part.replace(/^@/, `${root}/`).replace(/^''$/, '')))
}

// None of these labels and models exists: what is refused here is refused before they are read, and so before any work.
describe('an output that cannot be written is refused before the work', () => {
  test.each([
    ['fit @nowhere --overwrite --out @photographs', 'photographs: the folder contains other files'],
    ['fit @nowhere --overwrite --out @file', 'file: cannot write the folder'],
    ['fit @nowhere --out @file/model', 'file/model: cannot write the folder'],
    ["fit @nowhere --out ''", 'folder'],
    ["fit @nowhere --out @new --license ''", "option '--license <text>' argument '' is invalid"],
    ["fit @nowhere --out @new --source ''", "option '--source <text>' argument '' is invalid"],
    ['train @nowhere --out @run', 'run already contains a run'],
    ['train @nowhere --overwrite --out @file', 'file: cannot write the folder'],
    ['train @nowhere --out @new --tensorboard @file', 'file: cannot write the folder'],
    ['sweep @nowhere --param lr=1e-3,1e-2 --out @file', 'file: cannot write the folder'],
    ['convert @nowhere @photographs --to coco --overwrite', 'photographs: cannot write the file'],
    ['convert @nowhere @new --to csv', 'argument <out>: no ending for a file of csv'],
    [
      'convert @nowhere @new.xml --to coco',
      'argument <out>: the ending .xml for a file of coco\n  expected a path that ends in .json; or --to cvat; or --to imglab',
    ],
    ['convert @nowhere @file --to labelme --overwrite', 'file: cannot write the folder'],
    [
      'convert @nowhere @new.xml --to cvat --write-images photographs',
      'photographs: the file or folder exists already',
    ],
    [
      'convert @nowhere @new --to yolo-pose --write-images photos',
      'option --write-images\n  expected images for yolo-pose',
    ],
    [
      'convert @nowhere @new.csv --to csv --write-images @photographs',
      'option --write-images\n  expected a path relative to',
    ],
    ['predict @nowhere @photographs --out @run', 'run: cannot write the file'],
    ['predict @nowhere @photographs --to coco --overwrite --out @run', 'run: cannot write the file'],
    ['predict @nowhere @photographs --to csv --out @file', 'file: the file or folder exists already'],
    ['predict @nowhere @photographs --to csv --out @new', 'option --out: no ending for a file of csv'],
    [
      'predict @nowhere @photographs --to jsonl --out @new.CSV',
      'option --out: the ending .csv for a file of jsonl\n  expected a path that ends in .jsonl or .ndjson or .txt; or --to csv',
    ],
    ['predict @nowhere @photographs --to csv --out @new.json', 'or --to coco'],
    ['predict @nowhere @photographs --video --to coco --out @new.jsonl', 'or --to jsonl'],
    ['merge @nowhere --out @new.csv', 'option --out: the ending .csv for a file of jsonl'],
    ['predict @nowhere @photographs --to images --out @file', 'file: cannot write the folder'],
    ['predict @nowhere @photographs --video --overwrite --out @run', 'run: cannot write the file'],
    ["predict @nowhere @photographs --out ''", 'cannot write the file'],
    ['eval @nowhere @nowhere --report @run', 'run: cannot write the file'],
    ['check @nowhere --report @file/page.html', 'file/page.html: cannot write the file'],
    ['merge @nowhere --overwrite --out @run', 'run: cannot write the file'],
    ['export @nowhere --to onnx --overwrite --out @run', 'run: cannot write the file'],
    ['export @nowhere --to landmarker --overwrite --out @photographs', 'photographs: the folder contains other files'],
    ['export @nowhere --to tfjs --overwrite --out @file', 'file: cannot write the folder'],
    ['compare @nowhere --overwrite --out @file', 'file: cannot write the folder'],
  ])('%s', async (command, message) => {
    const before = readdirSync(root, { recursive: true })
    const { code, stderr } = await run(command)
    expect(code).not.toBe(0)
    expect(stderr).toContain(message)
    expect(readdirSync(root, { recursive: true })).toEqual(before)
  })
})

describe('predictions never replace the images or what lists them', () => {
  test.each([
    'predict @nowhere @photographs/a.png --out @photographs/a.png --overwrite',
    'predict @nowhere @photographs/more --out @photographs/a.png --overwrite',
    'predict @nowhere @photographs/labels.json --to coco --out @photographs/labels.json --overwrite',
    'predict @nowhere @photographs/images.txt --out @photographs/images.txt --overwrite',
    'predict @nowhere @photographs --to images --out @photographs --overwrite',
    'predict @nowhere @photographs --to images --out @photographs/drawn',
    'predict @nowhere @photographs/a.png --to images --out @photographs --overwrite',
    'predict @nowhere @photographs/more --video --to images --out @photographs/more --overwrite',
  ])('%s', async (command) => {
    const list = () => readdirSync(root, { recursive: true, encoding: 'utf8' })
    const read = () => list().map((name) => (/\.\w+$/.test(name) ? readFileSync(at(name), 'base64') : name))
    const before = read()
    const { code, stderr } = await run(command)
    expect([code, stderr]).toEqual([2, expect.stringContaining('option --out\n')])
    expect(read()).toEqual(before)
  })

  test('drawings beside a folder of images are accepted', async () => {
    const { stderr } = await run('predict @nowhere @photographs --to images --out @drawn')
    expect(stderr).toContain('the landmarker does not exist')
  })
})
