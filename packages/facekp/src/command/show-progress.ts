import { type Progress, type ProgressStream, startProgress } from '@facekp/progress'

/** Shows the progress of work that reports how much is done; each label is a stage of its own. */
export async function showProgress<Result>(
  { label, unit, stream }: { readonly label: string; readonly unit: string; readonly stream: ProgressStream },
  work: (onProgress: (done: number, total: number | undefined, stage?: string) => void) => Promise<Result>,
): Promise<Result> {
  let shown: { readonly stage: string; readonly progress: Progress } | undefined
  try {
    return await work((done, total, stage = label) => {
      if (shown?.stage !== stage) {
        shown?.progress.finish()
        shown = { stage, progress: startProgress({ label: stage, total, unit, stream }) }
      }
      shown.progress.update(done)
    })
  } finally {
    shown?.progress.finish()
  }
}
