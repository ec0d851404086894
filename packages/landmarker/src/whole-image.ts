const wholeImageLandmarkers = new WeakSet<object>()

/** Records that a landmarker looks for one face in whole images: the box of its face is that of the image. */
export function markWholeImage(landmarker: object): void {
  wholeImageLandmarkers.add(landmarker)
}

/** Tests whether a landmarker looks for one face in whole images. */
export function isWholeImage(landmarker: object): boolean {
  return wholeImageLandmarkers.has(landmarker)
}
