/** Tests whether frames come from a video element. Works in Node too, which has none. */
export function isVideoElement(frames: unknown): frames is HTMLVideoElement {
  return Object.prototype.toString.call(frames) === '[object HTMLVideoElement]'
}

/**
 * Yields the video for each frame that it shows, until it ends or fails. A frame is requested when the one before has been used, so at
 * most one waits; frames that are shown in the meantime are skipped.
 */
export async function* watchVideo(video: HTMLVideoElement): AsyncGenerator<HTMLVideoElement, void> {
  while (!video.ended && !video.error) {
    await waitForFrame(video)
    yield video
  }
}

function waitForFrame(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      video.cancelVideoFrameCallback(request)
      video.removeEventListener('ended', finish)
      video.removeEventListener('error', finish)
      resolve()
    }
    const request = video.requestVideoFrameCallback(finish)
    video.addEventListener('ended', finish)
    video.addEventListener('error', finish)
  })
}
