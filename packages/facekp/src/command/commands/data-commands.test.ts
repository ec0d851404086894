import { execFileSync } from 'node:child_process'
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { testIf } from '../../../../../tests/support/require.ts'
import { writeDrawnFaces } from '../../../fixtures/drawn-faces.ts'
import { runInMemory } from '../../../fixtures/run-in-memory.ts'

let root = ''
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-command-'))
  await writeDrawnFaces(join(root, 'faces.json'), { seed: 1, count: 3 })
})
// Open files have the same class in the suites after this one.
afterEach(() => void jest.restoreAllMocks())
afterAll(() => rmSync(root, { recursive: true }))

/** Returns the class of open files. */
async function getFileHandle(): Promise<{ readonly prototype: FileHandle }> {
  await using file = await open(at('faces.json'))
  return file.constructor as unknown as { readonly prototype: FileHandle }
}

const at = (name: string): string => join(root, name)

/** Writes the labels with the first point of the first face at (`x`, 5). */
function writeMoved(name: string, x: number): string {
  const labels = JSON.parse(readFileSync(at('faces.json'), 'utf8'))
  labels.annotations[0].keypoints.splice(0, 2, x, 5)
  writeFileSync(at(name), JSON.stringify(labels))
  return at(name)
}

describe('check', () => {
  test('finds no fault in exact labels', async () => {
    const { code, stdout } = await runInMemory(['check', at('faces.json')])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^coco: 3 faces in 3 images, 5 of 5 points matched/)
    expect(stdout).toContain('3 faces, 0 faults')
  })

  test('lists faults, writes their page, and has exit code 1', async () => {
    const args = ['check', writeMoved('moved.json', 1000), '--json', '--report', at('check.html')]
    const { code, stdout } = await runInMemory(args)
    expect(code).toBe(1)
    const { faults } = JSON.parse(stdout)
    expect(faults).toEqual([expect.objectContaining({ kind: 'outside', index: 0, points: [0] })])
    expect(readFileSync(at('check.html'), 'utf8')).toContain('Points outside the image')
  })

  test('names the option of a missing image as the command line does', async () => {
    const labels = JSON.parse(readFileSync(at('faces.json'), 'utf8'))
    labels.images[0].file_name = 'nowhere.png'
    writeFileSync(at('nowhere.json'), JSON.stringify(labels))
    const { code, stdout } = await runInMemory(['check', at('nowhere.json')])
    expect([code, stdout]).toEqual([1, expect.stringMatching(/nowhere\.png does not exist.*expected.* --images DIR/)])
    expect(stdout).not.toContain('option images')
  })

  test('writes its page over another page only', async () => {
    writeFileSync(at('notes.txt'), 'mine')
    const { code, stderr } = await runInMemory(['check', at('faces.json'), '--report', at('notes.txt')])
    expect([code, stderr]).toEqual([1, expect.stringContaining('is not a page')])
    expect(readFileSync(at('notes.txt'), 'utf8')).toBe('mine')
    for (let run = 0; run < 2; run++) {
      expect((await runInMemory(['check', at('faces.json'), '--report', at('again.html')])).code).toBe(0)
    }
  })

  test('finds an image in two splits', async () => {
    const { code, stdout } = await runInMemory(['check', at('faces.json'), writeMoved('copy.json', 80)])
    expect(code).toBe(1)
    expect(stdout).toContain(`${at('copy.json')}: `)
    expect(stdout).toContain('6 faces')
  })

  test('compares points of splits by name, whatever their order', async () => {
    // Enough faces to find shapes that are unusual.
    await writeDrawnFaces(at('many/faces.json'), { seed: 2, count: 12, points: [36, 45, 30, 48, 54] })
    await writeDrawnFaces(at('same/faces.json'), { seed: 3, count: 2, points: [36, 45, 30, 48, 54] })
    await writeDrawnFaces(at('moved/faces.json'), { seed: 3, count: 2, points: [30, 36, 54, 48, 45] })
    const listFaults = async (folder: string): Promise<unknown[]> => {
      const { stdout } = await runInMemory(['check', at('many/faces.json'), at(`${folder}/faces.json`), '--json'])
      const { faults } = JSON.parse(stdout) as { readonly faults: readonly Readonly<Record<string, unknown>>[] }
      return faults.map(({ kind, id, message }) => [kind, id, message])
    }
    expect(await listFaults('moved')).toEqual(await listFaults('same'))
  })

  test('the file of a project is no labels, and an empty working folder names facekp init', async () => {
    writeFileSync(at('facekp.json'), '{}')
    for (const command of [['fit'], ['predict', 'mesh-468']]) {
      const { code, stderr } = await runInMemory([...command, at('facekp.json')])
      expect([code, stderr]).toEqual([1, expect.stringContaining('describes a project, and holds no labels')])
    }
    const before = process.cwd()
    mkdirSync(at('empty'))
    process.chdir(at('empty'))
    try {
      for (const args of [['check'], ['fit'], ['train'], ['sweep', '--param', 'lr=1,2']]) {
        const { code, stderr } = await runInMemory(args)
        expect([code, stderr]).toEqual([
          1,
          expect.stringMatching(/no labels in the working folder\n.*facekp init LABELS/),
        ])
      }
    } finally {
      // The suites after this one would not load in a folder that was removed.
      process.chdir(before)
    }
    expect(readdirSync(at('empty'))).toEqual([])
  })

  test('ends by its signal', async () => {
    const { code, stderr } = await runInMemory(['check', at('faces.json')], { signal: AbortSignal.abort() })
    expect(code).toBe(130)
    expect(stderr).toMatch(/interrupted\n$/)
  })
})

describe('convert', () => {
  test('writes another format with the same points', async () => {
    const { code, stdout } = await runInMemory(['convert', at('faces.json'), at('faces.csv'), '--to', 'csv'])
    expect(code).toBe(0)
    expect(stdout).toContain(`written: ${at('faces.csv')} (csv)`)
    const [{ keypoints }] = JSON.parse(readFileSync(at('faces.json'), 'utf8')).annotations
    const row = readFileSync(at('faces.csv'), 'utf8').split('\n')[1] as string
    const fields = row.split(',').map(Number)
    for (const coordinate of [keypoints[0], keypoints[1], keypoints[12], keypoints[13]]) {
      expect(fields.some((field) => Math.abs(field - coordinate) < 1e-3)).toBe(true)
    }
  })

  test('does not overwrite files unless asked to', async () => {
    const args = ['convert', at('faces.json'), at('twice.csv'), '--to', 'csv']
    await runInMemory(args)
    const { code, stderr } = await runInMemory(args)
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/twice\.csv: .* exists already\n {2}expected .*--overwrite/),
    ])
    expect((await runInMemory([...args, '--overwrite'])).code).toBe(0)
  })

  test('a folder of labels is replaced completely or not at all', async () => {
    const args = ['convert', at('faces.json'), at('pts'), '--to', 'pts', '--overwrite']
    for (let run = 0; run < 2; run++) expect((await runInMemory(args)).code).toBe(0)
    writeFileSync(at('pts/other.pts'), '')
    const { code, stderr } = await runInMemory(args)
    expect([code, stderr]).toEqual([1, expect.stringMatching(/part of another dataset.*\n.*received other\.pts/)])
  })

  testIf(process.platform !== 'win32', 'named pipes')('a device or pipe is never replaced', async () => {
    execFileSync('mkfifo', [at('pipe')])
    for (const args of [
      ['convert', at('faces.json'), at('pipe'), '--to', 'csv', '--overwrite'],
      ['predict', 'mesh-468', at('images'), '--out', at('pipe'), '--overwrite'],
    ]) {
      const { code, stderr } = await runInMemory(args)
      expect([code, stderr]).toEqual([1, expect.stringContaining('pipe: cannot write the file')])
    }
    expect(lstatSync(at('pipe')).isFIFO()).toBe(true)
    rmSync(at('pipe'))
  })

  test('an interruption while images are copied leaves nothing', async () => {
    const before = readdirSync(root, { recursive: true })
    const controller = new AbortController()
    let writes = 0
    const { prototype } = await getFileHandle()
    const { sync } = prototype
    jest.spyOn(prototype, 'sync').mockImplementation(function (this: FileHandle) {
      if (++writes === 2) controller.abort()
      return sync.call(this)
    })
    const args = ['convert', at('faces.json'), at('copy/faces.xml'), '--to', 'cvat', '--write-images', 'images']
    const { code, stdout, stderr } = await runInMemory(args, { signal: controller.signal })
    expect([code, stdout, stderr, writes]).toEqual([130, '', 'interrupted\n', 2])
    expect(readdirSync(root, { recursive: true })).toEqual(before)
  })

  test('writes images too', async () => {
    const args = ['convert', at('faces.json'), at('copy/faces.xml'), '--to', 'cvat', '--write-images', 'images']
    expect((await runInMemory(args)).code).toBe(0)
    expect((await runInMemory(['check', at('copy/faces.xml')])).code).toBe(0)
  })
})

test('doctor names the backend', async () => {
  const { code, stdout } = await runInMemory(['doctor', '--json'])
  expect(code).toBe(0)
  const { node, backend, attempts } = JSON.parse(stdout)
  expect(node).toBe(process.version)
  const active = attempts.find(({ outcome }: { outcome: string }) => outcome === 'active')
  expect(active.backend).toBe(backend.name)
})
