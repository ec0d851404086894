import { expect, jest, test } from '@jest/globals'
import { fixturePath } from '../fixtures/fixtures.ts'

jest.unstable_mockModule('sharp', () => {
  throw new Error("Cannot find package 'sharp'")
})
const { readImage } = await import('./read.ts')

test.each(['420.jpg', 'rgb.png', 'rgb.bmp'])('auto reads %s', async (name) => {
  const path = fixturePath(name)
  expect(await readImage(path)).toEqual(await readImage(path, { decoder: 'builtin' }))
})

test('the error of another format names sharp', async () => {
  await expect(readImage(fixturePath('image.webp'))).rejects.toMatchObject({
    code: 'IMAGE_UNSUPPORTED',
    message: expect.stringContaining('npm install sharp'),
  })
})

test('rejects decoder sharp', async () => {
  await expect(readImage(fixturePath('rgb.png'), { decoder: 'sharp' })).rejects.toMatchObject({
    code: 'IMAGE_NO_SHARP',
  })
})
