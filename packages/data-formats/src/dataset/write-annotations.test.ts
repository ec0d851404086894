import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { isFacekpError } from '@facekp/core'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { drawPositions, writeJpeg } from '../../fixtures/images.ts'
import { FOLDER_FORMATS } from '../index.ts'
import { type AnnotatedDataset, readCsv, readDataset, writeCoco, writeDataset, writePts } from '../node.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facekp-write-'))
})
afterEach(() => rmSync(root, { recursive: true }))

/** Two images of one face each. */
async function readFaces(): Promise<AnnotatedDataset> {
  for (const name of ['one', 'two']) await writeJpeg(join(root, `${name}.jpg`), drawPositions(24, 16))
  const labels = join(root, 'faces.csv')
  writeFileSync(labels, 'image,nose_x,nose_y\none.jpg,3,4\ntwo.jpg,5,6\n')
  return readCsv(labels)
}

/** Creates a signal that is aborted when it is checked for the `n`-th time. */
function abortAtCheck(n: number): AbortSignal {
  const controller = new AbortController()
  const { signal } = controller
  let checks = 0
  Object.defineProperty(signal, 'throwIfAborted', {
    value() {
      if (++checks === n) controller.abort()
      AbortSignal.prototype.throwIfAborted.call(signal)
    },
  })
  return signal
}

const listFiles = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()

test.each([
  ['coco', 'new/faces.json', 'images'],
  ['csv', 'new/faces.csv', '.'],
  ['pts', 'new', '.'],
  ['labelme', 'new', 'images'],
  ['yolo-pose', 'new', undefined],
] as const)('%s is written completely or not at all, whenever it is aborted', async (format, name, images) => {
  const faces = await readFaces()
  const before = listFiles(root)
  const write = (signal: AbortSignal): Promise<void> =>
    writeDataset(faces, join(root, name), { format, signal, ...(images !== undefined && { images }) })
  let check = 1
  for (let isDone = false; !isDone; check++) {
    const signal = abortAtCheck(check)
    isDone = await write(signal).then(
      () => true,
      (error: unknown) => {
        expect(error).toBe(signal.reason)
        expect(listFiles(root)).toEqual(before)
        return false
      },
    )
  }
  // At least before each image and before the end.
  expect(check).toBeGreaterThan(3)
  expect(statSync(join(root, name)).isDirectory()).toBe(FOLDER_FORMATS.has(format))
  const written = await readDataset(join(root, name))
  expect(written.records.map(({ keypoints }) => [...keypoints])).toEqual([
    [3, 4],
    [5, 6],
  ])
})

test('an abort keeps the files that were to be replaced', async () => {
  const faces = await readFaces()
  const path = join(root, 'data', 'faces.json')
  mkdirSync(join(root, 'data', 'images'), { recursive: true })
  writeFileSync(path, 'old labels')
  writeFileSync(join(root, 'data', 'images', 'one.png'), 'old image')
  await expect(writeCoco(faces, path, { images: 'images', signal: abortAtCheck(2) })).rejects.toThrow('aborted')
  expect(listFiles(join(root, 'data'))).toEqual(['faces.json', 'images', 'images/one.png'])
  expect(readFileSync(path, 'utf8')).toBe('old labels')
  expect(readFileSync(join(root, 'data', 'images', 'one.png'), 'utf8')).toBe('old image')
})

test('images may be beside the folder of the annotations', async () => {
  await writeCoco(await readFaces(), join(root, 'data', 'labels', 'faces.json'), { images: '../images' })
  const expected = ['images', 'images/one.png', 'images/two.png', 'labels', 'labels/faces.json']
  expect(listFiles(join(root, 'data'))).toEqual(expected)
  const images = join(root, 'data', 'images')
  const written = await readDataset(join(root, 'data', 'labels', 'faces.json'), { images })
  expect((await written.get(1)).image).toMatchObject({ width: 24, height: 16 })
})

test('YOLO-pose has its images in images only', async () => {
  const faces = await readFaces()
  const write = (images: string): Promise<void> =>
    writeDataset(faces, join(root, 'yolo'), { format: 'yolo-pose', images })
  await expect(write('photos')).rejects.toMatchObject({
    code: 'WRITE_OPTIONS',
    problem: 'option images of YOLO-pose',
    received: "'photos'",
  })
  await write('images')
  expect(listFiles(join(root, 'yolo', 'images'))).toEqual(['one.png', 'two.png'])
})

test('.pts of images outside of the folder of the labels are written into it', async () => {
  await readFaces()
  mkdirSync(join(root, 'labels'))
  writeFileSync(join(root, 'labels', 'faces.csv'), 'image,nose_x,nose_y\n../one.jpg,3,4\n')
  const faces = await readCsv(join(root, 'labels', 'faces.csv'), { images: root })
  await writePts(faces, join(root, 'labels', 'pts'))
  expect(listFiles(join(root, 'labels'))).toEqual(['faces.csv', 'pts', 'pts/one.pts'])
})

test('labels that a format cannot hold leave nothing', async () => {
  await readFaces()
  writeFileSync(join(root, 'faces.csv'), 'image,nose_x,nose_y\none.jpg,3,4\ntwo.jpg,5,6\ntwo.jpg,7,8\n')
  const faces = await readCsv(join(root, 'faces.csv'))
  const error: unknown = await writePts(faces, join(root, 'pts')).catch((cause: unknown) => cause)
  expect(isFacekpError(error, 'ANNOTATIONS_LOSS')).toBe(true)
  expect(listFiles(root)).not.toContain('pts')
})

/** The first of the two images of {@link readFaces}. */
async function readFirstFace(): Promise<AnnotatedDataset> {
  writeFileSync(join(root, 'first.csv'), 'image,nose_x,nose_y\none.jpg,7,8\n')
  return readCsv(join(root, 'first.csv'))
}

test.each([
  ['pts', '.', ['two.pts']],
  ['labelme', 'images', ['two.json']],
  ['yolo-pose', undefined, ['images/two.png', 'labels/two.txt']],
] as const)('%s is not written among files that would be read with it', async (format, images, others) => {
  const folder = join(root, 'data')
  const options = { format, ...(images !== undefined && { images }) }
  const writeFirst = async (): Promise<void> => writeDataset(await readFirstFace(), folder, options)
  await writeDataset(await readFaces(), folder, options)
  writeFileSync(join(folder, 'notes.txt'), 'mine')
  const read = (): string[] =>
    listFiles(folder).map((name) =>
      /\.\w+$/.test(name) ? `${name} ${readFileSync(join(folder, name), 'base64')}` : name,
    )
  const before = read()
  await expect(writeFirst()).rejects.toMatchObject({
    code: 'ANNOTATIONS_NOT_WRITTEN',
    file: folder,
    received: others[0].replace('/', sep),
    expected: 'a new folder, or the same one without these files',
  })
  expect(read()).toEqual(before)

  for (const name of others) rmSync(join(folder, name))
  await writeFirst()
  const written = await readDataset(folder)
  expect(written.records.map(({ keypoints }) => [...keypoints])).toEqual([[7, 8]])
  expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
})

test('labels below the folder are read with it too; other JSON is not', async () => {
  await writePts(await readFaces(), join(root, 'data', 'more'))
  await expect(writePts(await readFirstFace(), join(root, 'data'))).rejects.toMatchObject({
    received: ['one.pts', 'two.pts'].map((name) => join('more', name)).join(', '),
  })
  writeFileSync(join(root, 'data', 'more', 'settings.json'), '{}')
  await writeDataset(await readFirstFace(), join(root, 'data'), { format: 'labelme' })
  expect(readdirSync(join(root, 'data')).sort()).toEqual(['more', 'one.json'])
})

test('what an interrupted write left is not read', async () => {
  await readFaces()
  await writePts(await readCsv(join(root, 'faces.csv')), join(root, 'pts'), { images: '.' })
  const leftover = join(root, 'pts', 'files.0b7d4a4e-5f0c-4b5e-9a55-0d0f3d9a3c11.tmp')
  await writePts(await readCsv(join(root, 'faces.csv')), leftover, { images: '.' })
  expect((await readDataset(join(root, 'pts'))).length).toBe(2)
})
