import type { Size } from '../components/viewport.ts'
import type { DetectedFace } from './protocol.ts'

/** Maps a face that was found in a copy of an image to the image. The sides of a copy are rounded, so that each has a scale of its own. */
export function scaleFace({ box, mesh }: DetectedFace, copy: Size, image: Size): DetectedFace {
  const scaleX = image.width / copy.width
  const scaleY = image.height / copy.height
  return {
    box: {
      left: scaleX * box.left,
      top: scaleY * box.top,
      width: scaleX * box.width,
      height: scaleY * box.height,
    },
    // Points lie at the centers of pixels: half a pixel from the edges that are scaled.
    mesh: mesh.map((value, i) => (value + 0.5) * (i % 2 === 0 ? scaleX : scaleY) - 0.5),
  }
}
