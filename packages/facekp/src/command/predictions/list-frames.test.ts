import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { listFrames } from './list-frames.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'facekp-frames-'))
  for (const name of ['f10.jpg', 'f9.jpg', 'f1.jpg', 'clip.mp4']) writeFileSync(join(root, name), '')
})
afterAll(() => rmSync(root, { recursive: true }))

const list = (path: string) => listFrames(path, Readable.from([]))

test('frames come in the order of the numbers in their names', async () => {
  for (const path of [root, join(root, 'f*.jpg')]) {
    expect((await list(path)).map((frame) => basename(frame))).toEqual(['f1.jpg', 'f9.jpg', 'f10.jpg'])
  }
})

test('a video file is an error with the line of ffmpeg that writes its frames', async () => {
  const file = join(root, 'clip.mp4')
  await expect(list(file)).rejects.toMatchObject({
    code: 'VIDEO_FILE',
    expected: expect.stringContaining(`ffmpeg -i "${file}" "${join(root, 'clip')}/%06d.jpg"`),
  })
})
