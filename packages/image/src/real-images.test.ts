import { join } from 'node:path'
import { expect } from '@jest/globals'
import sharp from 'sharp'
import { realData, testIf } from '../../../tests/support/require.ts'
import { difference } from '../fixtures/fixtures.ts'
import { readImage } from './read.ts'

const folder = realData('imm_face_db')

testIf(folder, 'the IMM Face Database').each(['01-1m.jpg', '14-5f.jpg', '40-6m.jpg'])(
  '%s has the pixels that libvips reads',
  async (name) => {
    const path = join(folder as string, name)
    const image = await readImage(path)
    expect([image.width, image.height]).toEqual([640, 480])
    expect(difference(image.data, await sharp(path).raw().toBuffer()).largest).toBe(0)
  },
)
