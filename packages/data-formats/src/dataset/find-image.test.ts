import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createImageFinder } from './find-image.ts'

let scratch = ''
let root = ''
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-find-'))
  root = join(scratch, 'faces')
  write('faces/afw/1.jpg')
})
afterEach(() => rmSync(scratch, { recursive: true }))

function write(path: string): void {
  mkdirSync(dirname(join(scratch, path)), { recursive: true })
  writeFileSync(join(scratch, path), '')
}

async function find(file: string, acceptsSuffixes = false): Promise<string> {
  const { imagePath } = await createImageFinder({ list: 'list.xml', root, acceptsSuffixes })({ file, line: 7 })
  return imagePath
}

test.each(['afw/1.jpg', './afw//1.jpg', 'afw\\1.jpg'])('%s is found', async (file) => {
  expect(await find(file)).toBe(join(root, 'afw', '1.jpg'))
})

test.each([
  ['../images/afw/1.jpg', 'IMAGE_PATH'],
  ['/home/ann/faces/afw/1.jpg', 'IMAGE_PATH'],
  ['C:\\faces\\afw\\1.jpg', 'IMAGE_PATH'],
  ['x/afw/1.jpg', 'IMAGE_MISSING'],
])('%s is found by its end in a folder that the user named', async (file, code) => {
  expect(await find(file, true)).toBe(join(root, 'afw', '1.jpg'))
  await expect(find(file)).rejects.toMatchObject({ code })
})

test('what is not in the folder is found in its images', async () => {
  write('faces/images/2.jpg')
  write('faces/images/afw/1.jpg')
  expect(await find('2.jpg')).toBe(join(root, 'images', '2.jpg'))
  expect(await find('afw/1.jpg')).toBe(join(root, 'afw', '1.jpg'))
  expect(await find('../2.jpg', true)).toBe(join(root, 'images', '2.jpg'))
  await expect(find('../2.jpg')).rejects.toMatchObject({ code: 'IMAGE_PATH' })
})

test('of several names, the longest path is tried first, and the one that is found is returned', async () => {
  write('faces/1.png')
  write('faces/day 1/1.png')
  const findImage = createImageFinder({ list: 'list.xml', root, acceptsSuffixes: true })
  const place = (file: string, ...parts: string[]) => ({ file, imagePath: join(root, ...parts) })
  expect(await findImage({ file: '1.png', otherFiles: ['day 1/1.png'] })).toEqual(
    place('day 1/1.png', 'day 1', '1.png'),
  )
  expect(await findImage({ file: '1.png', otherFiles: ['day 2/1.png'] })).toEqual(place('1.png', '1.png'))
  expect(await findImage({ file: '1.jpg', otherFiles: ['1.gif', '1.png'] })).toEqual(place('1.png', '1.png'))
})

test('names of files and folders match in either normal form', async () => {
  write('faces/Ame\u0301lie/Ju\u0308rgen.jpg')
  for (const file of ['Am\u00e9lie/J\u00fcrgen.jpg', 'Ame\u0301lie/Ju\u0308rgen.jpg', 'Am\u00e9lie/Ju\u0308rgen.jpg']) {
    expect(await find(file)).toBe(join(root, 'Ame\u0301lie', 'Ju\u0308rgen.jpg'))
  }
})

test.each([
  ['a name that looks alike', 'cafe\u0327.jpg', 'cafe.jpg', 'U+0327'],
  ['full-width letters', '\uff41.jpg', 'a.jpg', 'U+FF41 instead of U+0061'],
  ['another case', 'B.JPG', 'b.jpg', 'U+0042'],
])('the error shows the code points of %s', async (_, existing, file, codePoints) => {
  write(`faces/${existing}`)
  const error = await find(file).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'IMAGE_MISSING', file: 'list.xml', line: 7 })
  expect(error.message).toContain(`a file with a similar name exists: ${existing}`)
  expect(error.message).toContain(codePoints)
})

test('a path that leaves the folder is an error with line, also through links', async () => {
  write('secret.jpg')
  write('secrets/1.jpg')
  symlinkSync(join(scratch, 'secret.jpg'), join(root, 'link.jpg'))
  symlinkSync(join(scratch, 'secrets'), join(root, 'links'))
  for (const file of [
    '../secret.jpg',
    '../../etc/passwd',
    'afw/../../secret.jpg',
    '..\\secret.jpg',
    '/etc/passwd',
    join(root, 'afw/1.jpg'),
    'C:/1.jpg',
    'link.jpg',
    'links/1.jpg',
  ]) {
    await expect(find(file)).rejects.toMatchObject({ code: 'IMAGE_PATH', file: 'list.xml', line: 7, received: file })
  }
  await expect(find('x/link.jpg', true)).rejects.toMatchObject({ code: 'IMAGE_PATH' })
})

test('links within the folder and to it are followed', async () => {
  symlinkSync('1.jpg', join(root, 'afw', '2.jpg'))
  symlinkSync(root, join(scratch, 'shortcut'))
  const findImage = createImageFinder({ list: 'list.xml', root: join(scratch, 'shortcut'), acceptsSuffixes: false })
  const { imagePath } = await findImage({ file: 'afw/2.jpg' })
  expect(imagePath).toBe(join(scratch, 'shortcut', 'afw', '2.jpg'))
})

test.each([
  ['a missing image', 'afw/2.jpg'],
  ['an image of a missing folder', 'lfpw/2.jpg'],
  ['a broken link', 'broken.jpg'],
  ['a folder', 'afw'],
  ['the folder itself', '.'],
  ['an image below an image', 'afw/1.jpg/2.jpg'],
])('%s is an error with line', async (_, file) => {
  symlinkSync('nowhere.jpg', join(root, 'broken.jpg'))
  await expect(find(file)).rejects.toMatchObject({ code: 'IMAGE_MISSING', file: 'list.xml', line: 7 })
})

test.each([true, false])('a path of 50,000 parts is missing, with suffixes %s', async (acceptsSuffixes) => {
  const findImage = createImageFinder({ list: 'list.xml', root: tmpdir(), acceptsSuffixes })
  await expect(findImage({ file: 'a/'.repeat(50_000) })).rejects.toMatchObject({
    code: 'IMAGE_MISSING',
    file: 'list.xml',
  })
})
