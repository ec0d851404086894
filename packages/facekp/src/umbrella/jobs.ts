export * from '@facekp/jobs'
