/** A job that does nothing, to measure what a job costs. */
export default function doNothing({ images }) {
  return { faces: images.length }
}
