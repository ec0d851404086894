import { type ProgressStream, startProgress } from '@facekp/progress'

/** Shows the progress of work that reports `(done, total)`; on a terminal only, so that logs hold results and errors. */
export async function showProgress<Result>(
  { label, unit, stream }: { readonly label: string; readonly unit: string; readonly stream: ProgressStream },
  work: (onProgress: (done: number, total: number) => void) => Promise<Result>,
): Promise<Result> {
  let progress: ReturnType<typeof startProgress> | undefined
  try {
    return await work((done, total) => {
      progress ??= startProgress({ label, total, unit, stream })
      progress.update(done)
    })
  } finally {
    progress?.finish()
  }
}
