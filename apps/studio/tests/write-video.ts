import { writeFileSync } from 'node:fs'
import type { Image } from '@facekp/core'

/** Writes a video of images of one size, uncompressed (Y4M), that Chromium shows as its webcam. Width and height are even. */
export function writeVideo(path: string, images: readonly Image[]): void {
  const { width, height } = images[0] as Image
  const header = Buffer.from(`YUV4MPEG2 W${width} H${height} F30:1 Ip A1:1 C420jpeg\n`)
  writeFileSync(path, Buffer.concat([header, ...images.map(createFrame)]))
}

function createFrame({ data, width, height }: Image): Buffer {
  const luma = new Uint8Array(width * height)
  const blue = new Uint8Array((width * height) / 4)
  const red = new Uint8Array((width * height) / 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      const [r, g, b] = [data[3 * i] as number, data[3 * i + 1] as number, data[3 * i + 2] as number]
      // BT.601, in the limited range.
      luma[i] = 16 + (65.738 * r + 129.057 * g + 25.064 * b) / 256
      if (y % 2 === 1 || x % 2 === 1) continue
      const k = (y / 2) * (width / 2) + x / 2
      blue[k] = 128 + (-37.945 * r - 74.494 * g + 112.439 * b) / 256
      red[k] = 128 + (112.439 * r - 94.154 * g - 18.285 * b) / 256
    }
  }
  return Buffer.concat([Buffer.from('FRAME\n'), luma, blue, red])
}
