import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createImage, IBUG_68 } from '@facekp/core'
import { encodePng } from '@facekp/image'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readImageFolder } from './read-image-folder.ts'

const scratch = mkdtempSync(join(tmpdir(), 'facekp-images-'))
const boxes = join(scratch, 'boxes.csv')
beforeAll(async () => {
  const png = await encodePng(createImage(new Uint8Array(20 * 10), 20, 10, 1))
  for (const name of ['b.png', 'a.PNG']) writeFileSync(join(scratch, name), png)
  // What macOS leaves beside an image.
  writeFileSync(join(scratch, '._b.png'), 'AppleDouble')
})
afterAll(() => rmSync(scratch, { recursive: true }))

test('images come in the order of their names, with a box in the middle unless boxes.csv has one', async () => {
  writeFileSync(boxes, 'image,left,top,width,height\nb.png,1,2,5,6.5\n')
  const dataset = await readImageFolder(scratch, IBUG_68)
  const [first, second] = await Promise.all([dataset.get(0), dataset.get(1)])
  expect(first).toMatchObject({ id: 'a.PNG', box: { left: 7, top: 2, width: 6, height: 6 } })
  expect(second).toMatchObject({ id: 'b.png', box: { left: 1, top: 2, width: 5, height: 6.5 } })
  expect(first.visibility.every((value) => value === 0)).toBe(true)
})

test('boxes.csv may be UTF-16, as PowerShell writes it', async () => {
  writeFileSync(boxes, Buffer.from('\uFEFFimage,left,top,width,height\r\nb.png,1,2,5,6.5\r\n', 'utf16le'))
  const dataset = await readImageFolder(scratch, IBUG_68)
  expect((await dataset.get(1)).box).toEqual({ left: 1, top: 2, width: 5, height: 6.5 })
})

test.each([
  ['b.png,1,2,0,6', /boxes\.csv:2: column width: expected a number above 0, received '0'/],
  ['c.png,1,2,5,6', /boxes\.csv:2: the folder of the boxes does not contain this image.*one of a\.PNG, b\.png/s],
])('the box %s is an error with file and line', async (row, message) => {
  writeFileSync(boxes, `image,left,top,width,height\n${row}\n`)
  await expect(readImageFolder(scratch, IBUG_68)).rejects.toMatchObject({
    code: 'IMAGES_BOXES',
    message: expect.stringMatching(message),
  })
})

test('a folder without images is an error', async () => {
  const empty = join(scratch, 'empty')
  mkdirSync(empty)
  for (const folder of [empty, join(scratch, 'nowhere')]) {
    await expect(readImageFolder(folder, IBUG_68)).rejects.toMatchObject({ code: 'IMAGES_EMPTY' })
  }
})
