import { join } from 'node:path'
import { expect } from '@jest/globals'
import { realData, testIf } from '../../../tests/support/require.ts'
import { difference } from '../fixtures/fixtures.ts'
import { toGray } from './color.ts'
import { readImage } from './read.ts'

const folder = realData('imm_face_db')

testIf(folder, 'the IMM Face Database').each(['01-1m.jpg', '14-5f.jpg', '40-6m.jpg'])(
  'both decoders read %s alike',
  async (name) => {
    const path = join(folder as string, name)
    const [sharp, jimp] = [await readImage(path, { decoder: 'sharp' }), await readImage(path, { decoder: 'jimp' })]
    expect([sharp.width, sharp.height]).toEqual([640, 480])
    expect([jimp.width, jimp.height]).toEqual([640, 480])
    expect(difference(sharp.data, jimp.data).mean).toBeLessThan(2)
    expect(difference(toGray(sharp).data, toGray(jimp).data).mean).toBeLessThan(0.6)
  },
)
