import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { encodePng } from '@facekp/image'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { create } from 'tar'
import { LOAD_TYPESCRIPT } from '../../../../../tests/support/typescript-program.ts'
import { listImages } from './list-images.ts'

const before = process.cwd()
let root = ''

/** Width of each image, by which its pixels are recognized. */
const IMAGES = { 'b.png': 1, 'a/x.png': 2, 'a/deep/y.PNG': 3 }

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-list-'))
  process.chdir(root)
  mkdirSync('photos/a/deep', { recursive: true })
  for (const [name, width] of Object.entries(IMAGES)) {
    const bytes = encodePng({ data: new Uint8Array(3 * width), width, height: 1, channels: 3 })
    writeFileSync(join('photos', name), await bytes)
  }
  for (const name of ['._b.png', '.hidden.png', 'notes.md']) writeFileSync(join('photos', name), '')
  symlinkSync('..', 'photos/a/back')
  await create({ file: 'photos.tgz', cwd: 'photos', gzip: true }, ['.'])
  const images = [
    { id: 1, file_name: 'a/x.png' },
    { id: 2, file_name: 'b.png' },
  ]
  writeFileSync('photos/faces.json', JSON.stringify({ images }))
  writeFileSync('list.txt', 'photos/b.png\n\nphotos/no.png\r\nno-glob-*\n')
})
afterAll(() => {
  process.chdir(before)
  rmSync(root, { recursive: true })
})

/** Lists ids, and the width of each image; undefined if it cannot be read. */
async function list(paths: readonly string[], { stdin = '', folder = undefined as string | undefined } = {}) {
  const { list: listAll, ...rest } = await listImages(paths, { stdin: Readable.from([stdin]), images: folder })
  const images: (readonly [string, number | undefined])[] = []
  for await (const { id, read } of listAll(() => true)) {
    const image = await read().catch(() => undefined)
    images.push([id, image?.width])
  }
  return { images, ...rest }
}

const FOLDER = [
  ['photos/a/deep/y.PNG', 3],
  ['photos/a/x.png', 2],
  ['photos/b.png', 1],
]

describe('lists images', () => {
  test('of a folder in order, without hidden ones, and does not follow a link that leads back', async () => {
    expect(await list(['photos'])).toMatchObject({ images: FOLDER, root: join(process.cwd(), 'photos') })
    expect(await list(['./photos/'])).toMatchObject({ images: FOLDER })
  })

  test('by their paths and by a glob', async () => {
    expect(await list(['photos/b.png', 'photos/a/*.png'])).toMatchObject({
      images: [FOLDER[2], FOLDER[1]],
      root: join(process.cwd(), 'photos'),
      isStream: false,
    })
  })

  test('by a glob that names a hidden folder, relative and absolute', async () => {
    for (const folder of ['.shots', '.shots/.later']) {
      mkdirSync(folder)
      writeFileSync(join(folder, 'c.png'), readFileSync('photos/b.png'))
    }
    for (const start of ['', './', `${process.cwd()}/`]) {
      expect((await list([`${start}.shots/**/*.png`])).images).toEqual([['.shots/c.png', 1]])
    }
  })

  test('of an archive, whose name is part of theirs', async () => {
    const { images, isStream } = await list(['photos.tgz'])
    const expected = FOLDER.map(([id, width]) => [String(id).replace('photos/', 'photos.tgz/'), width])
    expect(images.toSorted()).toEqual(expected.toSorted())
    expect(isStream).toBe(true)
  })

  test('of a COCO file, in its folder or in another one', async () => {
    expect((await list(['photos/faces.json'])).images).toEqual([FOLDER[1], FOLDER[2]])
    const folder = 'elsewhere'
    await expect(list(['photos/faces.json'], { folder })).rejects.toMatchObject({ code: 'IMAGES_EMPTY' })
    // The images need not be where shards are merged.
    const ids: string[] = []
    const { visit } = await listImages(['photos/faces.json'], { stdin: Readable.from([]), images: folder })
    await visit((id) => ids.push(id))
    expect(ids).toEqual(['elsewhere/a/x.png', 'elsewhere/b.png'])
  })

  test('of a COCO file and a list in UTF-16, as PowerShell writes them', async () => {
    const encode = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le')
    writeFileSync('photos/utf16.json', encode(readFileSync('photos/faces.json', 'utf8')))
    writeFileSync('utf16.txt', encode('photos/b.png\r\n'))
    expect((await list(['photos/utf16.json', 'utf16.txt'])).images).toEqual([FOLDER[1], FOLDER[2], FOLDER[2]])
  })

  test('of a list, in which missing images are listed too', async () => {
    const expected = [FOLDER[2], ['photos/no.png', undefined], ['no-glob-*', undefined]]
    expect((await list(['list.txt'])).images).toEqual(expected)
    expect((await list(['-'], { stdin: 'photos/a/deep\nphotos.tgz' })).images).toHaveLength(4)
  })
})

test('only the images that are accepted are read, and each id is asked for once', async () => {
  const { list: listAll, visit } = await listImages(['photos', 'photos.tgz'], { stdin: Readable.from([]) })
  const calls: string[] = []
  const read: string[] = []
  const accepts = (id: string): boolean => calls.push(id) > 0 && id.endsWith('x.png')
  for await (const { id } of listAll(accepts)) read.push(id)
  expect(read).toEqual(['photos/a/x.png', 'photos.tgz/a/x.png'])
  const visited: string[] = []
  await visit((id) => visited.push(id))
  expect([calls.length, visited]).toEqual([6, calls])
})

test.each([
  ['nowhere', 'no such image'],
  ['no-*.jpg', 'no such image'],
  ['empty', 'the folder contains no images'],
])('%s is an error', async (path, problem) => {
  mkdirSync('empty', { recursive: true })
  await expect(list([path])).rejects.toMatchObject({ code: 'IMAGES_EMPTY', file: path, problem })
})

test('a JSON file that is no COCO file is an error', async () => {
  writeFileSync('other.json', '{"images": [{}]}')
  await expect(list(['other.json'])).rejects.toMatchObject({ code: 'ANNOTATIONS_INVALID', file: 'other.json' })
  writeFileSync('other.json', '{')
  await expect(list(['other.json'])).rejects.toMatchObject({ code: 'ANNOTATIONS_INVALID', file: 'other.json' })
})

test('the heap does not grow with a long list', () => {
  const program = `
    import { Readable } from 'node:stream'
    import { listImages } from ${JSON.stringify(new URL('list-images.ts', import.meta.url).href)}
    import { createIdSet } from ${JSON.stringify(import.meta.resolve('@facekp/id-set'))}
    function* createLines(count) {
      const line = (i) => 'photos/of/a/long/folder/name/that/takes/memory/' + i + '.jpg\\n'
      for (let i = 0; i < count; i += 1000) yield Array.from({ length: 1000 }, (_, k) => line(i + k)).join('')
    }
    async function measureHeap(count) {
      const { visit } = await listImages(['-'], { stdin: Readable.from(createLines(count)) })
      const ids = createIdSet()
      let heap = 0
      await visit((id) => {
        ids.add(id)
        if (ids.size < count) return
        gc()
        heap = process.memoryUsage().heapUsed
      })
      return heap
    }
    await measureHeap(1000)
    console.log(await measureHeap(100_000) - await measureHeap(1000))`
  const flags = ['--expose-gc', ...LOAD_TYPESCRIPT]
  const output = execFileSync(process.execPath, [...flags, '--input-type=module', '--eval', program], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    encoding: 'utf8',
  })
  // The lines alone take 6 MB.
  expect(Number(output)).toBeLessThan(2_000_000)
})
