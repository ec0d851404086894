import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { create } from 'tar'
import { listFrames } from './list-frames.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'facekp-frames-'))
  for (const name of ['f10.jpg', 'f9.jpg', 'f1.jpg', 'clip.mp4']) writeFileSync(join(root, name), '')
})
afterAll(() => rmSync(root, { recursive: true }))

const list = (path: string, images?: string) => listFrames(path, { stdin: Readable.from([]), images })

test('frames come in the order of the numbers in their names', async () => {
  for (const path of [root, join(root, 'f*.jpg')]) {
    expect((await list(path)).map((frame) => basename(frame))).toEqual(['f1.jpg', 'f9.jpg', 'f10.jpg'])
  }
})

test('frames of a COCO file are in the folder of --images', async () => {
  const file = join(root, 'labels', 'frames.json')
  mkdirSync(dirname(file))
  writeFileSync(file, JSON.stringify({ images: [{ file_name: 'f10.jpg' }, { file_name: 'f9.jpg' }] }))
  expect(await list(file, root)).toEqual([join(root, 'f9.jpg'), join(root, 'f10.jpg')])
  await expect(list(file)).rejects.toMatchObject({ code: 'IMAGES_EMPTY', expected: 'their folder in --images' })
  await expect(list(root, root)).rejects.toMatchObject({ code: 'OPTION_INVALID', problem: 'option --images' })
})

test('an archive is an error with the line that unpacks it, also in a list', async () => {
  const file = join(root, 'clip.tar')
  await create({ file, cwd: root }, ['f1.jpg'])
  writeFileSync(join(root, 'list.txt'), `${join(root, 'f9.jpg')}\n${file}\n`)
  for (const path of [file, join(root, 'list.txt')]) {
    await expect(list(path)).rejects.toMatchObject({
      code: 'VIDEO_FILE',
      file,
      expected: expect.stringContaining(`tar -xf "${file}" -C "${join(root, 'clip')}"`),
    })
  }
})

test('a video file is an error with the line of ffmpeg that writes its frames', async () => {
  const file = join(root, 'clip.mp4')
  await expect(list(file)).rejects.toMatchObject({
    code: 'VIDEO_FILE',
    expected: expect.stringContaining(`ffmpeg -i "${file}" "${join(root, 'clip')}/%06d.jpg"`),
  })
})
